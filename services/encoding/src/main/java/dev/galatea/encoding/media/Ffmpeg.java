package dev.galatea.encoding.media;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.galatea.media.ErrorOutput;
import dev.galatea.media.FfmpegSandbox;
import dev.galatea.model.failure.RetryableException;

import static java.util.function.Predicate.not;

/** Runs FFmpeg on media that nobody trusts: without network, for a limited time, in limited memory. Thread-safe. */
final class Ffmpeg {

    private static final int SHOWN = 200;
    /** More than FFmpeg says of a file with a few streams. */
    private static final int LOG_LINES = 200;

    /** How errors begin, after the part of FFmpeg that has them; what media say of themselves stands behind spaces. */
    private static final Pattern ERROR = Pattern.compile("(\\[[^]]+ @ 0x[0-9a-f]+] )?\\[(error|fatal)] ");

    private static final int BUFFER = 64 * 1024;
    /** SIGKILL, of which nothing else is known than that we did not send it: the limit of processor time. */
    private static final int KILLED = 128 + 9;

    private static final int OUT_OF_TIME = 128 + 24;

    private final FfmpegSandbox sandbox;
    private final MediaLimits limits;

    Ffmpeg(FfmpegSandbox sandbox, MediaLimits limits) {
        this.sandbox = sandbox;
        this.limits = limits;
    }

    /**
     * Returns the first bytes of a run's output.
     *
     * @param file that the run reads
     * @param most number of bytes to take; the run is ended when they are there
     * @param check of what the run says, also if it is ended
     * @return fewer than {@code most} if the run gave no more, and succeeded
     */
    byte[] run(List<String> command, Path file, int most, LogCheck check)
            throws MediaRefusedException, RetryableException, InterruptedException {
        byte[][] taken = new byte[1][];
        Taken run = take(command, file, most, out -> {
            taken[0] = out.readNBytes(most);
            return taken[0].length;
        });
        check.check(run.log());
        return taken[0];
    }

    /**
     * Writes the first bytes that a run gives into a file.
     *
     * @param check of what the run says, also if it is ended
     * @return how many; fewer than {@code most} if the run gave no more, and succeeded
     */
    long run(List<String> command, Path file, long most, Path target, LogCheck check)
            throws MediaRefusedException, RetryableException, InterruptedException {
        Taken run = take(command, file, most, out -> copy(out, most, target));
        check.check(run.log());
        return run.bytes();
    }

    private static long copy(InputStream out, long most, Path target) throws IOException {
        long written = 0;
        byte[] buffer = new byte[BUFFER];
        try (OutputStream to = Files.newOutputStream(target)) {
            while (written < most) {
                int read = out.read(buffer, 0, (int) Math.min(buffer.length, most - written));
                if (read < 0) {
                    break;
                }
                to.write(buffer, 0, read);
                written += read;
            }
        }
        return written;
    }

    /** Refuses media for what FFmpeg says of them. */
    @FunctionalInterface
    interface LogCheck {

        void check(String log) throws MediaRefusedException;
    }

    /** Returns what a run without output writes to its log. */
    String log(List<String> command, Path file) throws MediaRefusedException, RetryableException, InterruptedException {
        return take(command, file, Long.MAX_VALUE, out -> out.transferTo(OutputStream.nullOutputStream()))
                .log();
    }

    /** Takes what a run gives, and says how many bytes that were. */
    @FunctionalInterface
    private interface Taker {

        long take(InputStream out) throws IOException;
    }

    private record Taken(long bytes, String log) {}

    private Taken take(List<String> command, Path file, long most, Taker taker)
            throws MediaRefusedException, RetryableException, InterruptedException {
        Process process = start(command, file);
        AtomicBoolean late = new AtomicBoolean();
        CompletableFuture<Void> watch = CompletableFuture.runAsync(
                () -> {
                    late.set(process.isAlive());
                    process.destroyForcibly();
                },
                CompletableFuture.delayedExecutor(limits.timeout().toMillis(), TimeUnit.MILLISECONDS));
        ErrorOutput errors = ErrorOutput.of(process, LOG_LINES);
        try (InputStream out = process.getInputStream()) {
            long bytes = taker.take(out);
            if (bytes < most) {
                process.waitFor();
                if (late.get()) {
                    throw tooSlow("took more than " + limits.timeout().toSeconds() + " s to read");
                }
                requireSuccess(process.exitValue(), errors(errors.lines()));
            } else {
                process.destroyForcibly();
            }
            return new Taken(bytes, String.join("\n", errors.lines()));
        } catch (IOException e) {
            if (late.get()) {
                // the output of a process that is killed ends, or breaks off
                throw tooSlow("took more than " + limits.timeout().toSeconds() + " s to read");
            }
            throw new RetryableException("ffmpeg_failed", "FFmpeg's output broke off: " + e.getMessage(), e);
        } finally {
            watch.cancel(false);
            process.destroyForcibly();
        }
    }

    private static List<String> errors(List<String> log) {
        return log.stream().filter(line -> ERROR.matcher(line).lookingAt()).toList();
    }

    private void requireSuccess(int exitCode, List<String> errors) throws MediaRefusedException {
        if (exitCode == KILLED || exitCode == OUT_OF_TIME) {
            throw tooSlow("took more than " + limits.processorTime().toSeconds() + " s of processor time to read");
        }
        if (errors.stream().anyMatch(line -> line.contains("No such filter: 'zscale'"))) {
            throw new MediaRefusedException(
                    "media_not_supported", "has colours that need FFmpeg's filter zscale, which this FFmpeg has not");
        }
        if (errors.stream().anyMatch(line -> line.contains("matches no streams"))) {
            throw new MediaRefusedException("media_broken", "holds no video");
        }
        if (exitCode != 0) {
            throw new MediaRefusedException("media_broken", "can't be read: " + presentable(errors));
        }
    }

    private static MediaRefusedException tooSlow(String why) {
        return new MediaRefusedException("media_too_slow", why);
    }

    private Process start(List<String> command, Path file) throws RetryableException {
        try {
            return sandbox.start(command, List.of(file), List.of());
        } catch (IOException e) {
            throw new RetryableException("ffmpeg_not_started", "FFmpeg can't be started: " + e.getMessage(), e);
        }
    }

    /** Removes paths and characters beyond ASCII, as the errors may quote the media, and shortens them. */
    private static String presentable(List<String> errors) {
        String said = errors.stream()
                .filter(not(line -> line.contains("not on whitelist")))
                .collect(Collectors.joining("; "));
        String plain = (said.isEmpty() ? "no reason given" : said)
                .replaceAll("file:\\S+", "the file")
                .replaceAll("[^ -~]", "?")
                .replaceAll(" @ 0x[0-9a-f]+", "")
                .replaceAll("\\[(error|fatal)\\] ", "");
        return plain.length() > SHOWN ? plain.substring(0, SHOWN) + "…" : plain;
    }
}
