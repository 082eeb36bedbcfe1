package dev.galatea.encoding.media;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.galatea.media.ErrorOutput;
import dev.galatea.media.FfmpegBinaries;
import dev.galatea.model.failure.RetryableException;

/** Runs FFmpeg on media that nobody trusts: without network, for a limited time, in limited memory. Thread-safe. */
final class Ffmpeg {

    private static final int SHOWN = 200;
    private static final int BUFFER = 64 * 1024;

    private final FfmpegBinaries binaries;
    private final MediaLimits limits;

    Ffmpeg(FfmpegBinaries binaries, MediaLimits limits) {
        this.binaries = binaries;
        this.limits = limits;
    }

    /**
     * Returns the first bytes of a run's output.
     *
     * @param most number of bytes to take; the run is ended when they are there
     * @return fewer than {@code most} if the run gave no more, and succeeded
     */
    byte[] run(List<String> command, int most) throws MediaRefusedException, RetryableException, InterruptedException {
        byte[][] taken = new byte[1][];
        take(command, most, out -> {
            taken[0] = out.readNBytes(most);
            return taken[0].length;
        });
        return taken[0];
    }

    /**
     * Writes the first bytes that a run gives into a file.
     *
     * @return how many; fewer than {@code most} if the run gave no more, and succeeded
     */
    long run(List<String> command, long most, Path target)
            throws MediaRefusedException, RetryableException, InterruptedException {
        return take(command, most, out -> {
            long written = 0;
            byte[] buffer = new byte[BUFFER];
            try (OutputStream file = Files.newOutputStream(target)) {
                while (written < most) {
                    int read = out.read(buffer, 0, (int) Math.min(buffer.length, most - written));
                    if (read < 0) {
                        break;
                    }
                    file.write(buffer, 0, read);
                    written += read;
                }
            }
            return written;
        });
    }

    /** Takes what a run gives, and says how many bytes that were. */
    @FunctionalInterface
    private interface Taker {

        long take(InputStream out) throws IOException;
    }

    private long take(List<String> command, long most, Taker taker)
            throws MediaRefusedException, RetryableException, InterruptedException {
        Process process = start(command);
        AtomicBoolean late = new AtomicBoolean();
        CompletableFuture<Void> watch = CompletableFuture.runAsync(
                () -> {
                    late.set(process.isAlive());
                    process.destroyForcibly();
                },
                CompletableFuture.delayedExecutor(limits.timeout().toMillis(), TimeUnit.MILLISECONDS));
        ErrorOutput errors = ErrorOutput.of(process);
        try (InputStream out = process.getInputStream()) {
            long bytes = taker.take(out);
            if (bytes < most) {
                process.waitFor();
                if (late.get()) {
                    throw tooSlow();
                }
                if (process.exitValue() != 0) {
                    throw new MediaRefusedException("media_broken", "can't be read: " + presentable(errors.text()));
                }
            }
            return bytes;
        } catch (IOException e) {
            if (late.get()) {
                throw tooSlow(); // the output of a process that is killed ends, or breaks off
            }
            throw new RetryableException("ffmpeg_failed", "FFmpeg's output broke off: " + e.getMessage(), e);
        } finally {
            watch.cancel(false);
            process.destroyForcibly();
        }
    }

    private MediaRefusedException tooSlow() {
        return new MediaRefusedException(
                "media_too_slow", "took more than " + limits.timeout().toSeconds() + " s to read");
    }

    private Process start(List<String> command) throws RetryableException {
        try {
            return limited(binaries.command(command)).start();
        } catch (IOException e) {
            throw new RetryableException("ffmpeg_not_started", "FFmpeg can't be started: " + e.getMessage(), e);
        }
    }

    /** The shell sets the limit and becomes FFmpeg; where it can't, FFmpeg's own limits are all there is. */
    private ProcessBuilder limited(ProcessBuilder builder) {
        if (System.getProperty("os.name").startsWith("Windows")) {
            return builder;
        }
        List<String> command = new ArrayList<>(List.of(
                "/bin/sh", "-c", "ulimit -v " + limits.maxMemory() / 1024 + " 2>/dev/null; exec \"$0\" \"$@\""));
        command.addAll(builder.command());
        return builder.command(command);
    }

    /** Removes paths and characters beyond ASCII from FFmpeg's message, which may quote the media, and shortens it. */
    private static String presentable(String said) {
        String plain = said.replaceAll("file:\\S+", "the file")
                .replaceAll("[^ -~]", "?")
                .replaceAll(" @ 0x[0-9a-f]+", "");
        return plain.length() > SHOWN ? plain.substring(0, SHOWN) + "…" : plain;
    }
}
