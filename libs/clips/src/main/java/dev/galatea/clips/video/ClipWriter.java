package dev.galatea.clips.video;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.media.ErrorOutput;
import dev.galatea.model.failure.RetryableException;

/**
 * One clip on its way into a file. Used by one thread. Closing it before {@link #finish} kills the process and removes
 * what it wrote.
 */
public final class ClipWriter implements AutoCloseable {

    /** The code of a failure that a coarser quantizer may avoid. */
    public static final String TOO_MUCH_DETAIL = "frames_too_detailed";

    private static final Logger LOG = Logger.getLogger(ClipWriter.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

    private final Process process;
    private final H264Encoder encoder;
    private final OutputStream frames;
    private final ErrorOutput errors;
    private final VideoFormat format;
    private final Path target;
    private final StallGuard guard;
    private final Consumer<Duration> waited;
    private boolean finished;

    ClipWriter(
            Process process,
            H264Encoder encoder,
            VideoFormat format,
            Path target,
            StallGuard guard,
            Consumer<Duration> waited) {
        this.process = process;
        this.encoder = encoder;
        this.frames = process.getOutputStream();
        this.errors = ErrorOutput.of(process);
        this.format = format;
        this.target = target;
        this.guard = guard;
        this.waited = waited;
    }

    /** Hands over one frame, as rows of RGB bytes from the top; waits while the process is busy. */
    public void write(byte[] rgb) throws RetryableException, InterruptedException {
        if (rgb.length != format.frameBytes()) {
            throw new IllegalArgumentException("a frame of " + format.width() + "x" + format.height() + " has "
                    + format.frameBytes() + " bytes, was " + rgb.length);
        }
        guard.begin();
        try {
            frames.write(rgb);
            frames.flush();
        } catch (IOException e) {
            throw failed(e);
        } finally {
            guard.end();
        }
    }

    /** Ends the clip and waits until the file is complete. */
    public void finish() throws RetryableException, InterruptedException {
        guard.begin();
        try {
            frames.close();
            guard.awaitExit();
        } catch (IOException e) {
            throw failed(e);
        } finally {
            guard.end();
        }
        if (guard.timedOut() || process.exitValue() != 0) {
            throw failed(null);
        }
        finished = true;
    }

    @Override
    public void close() {
        guard.close();
        waited.accept(guard.waited());
        if (finished) {
            return;
        }
        process.destroyForcibly();
        try {
            // The process may be writing still; the file must not come back after it was removed.
            process.waitFor(AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            Files.deleteIfExists(target);
        } catch (IOException e) {
            LOG.warnf(e, "the partial clip can't be removed file=%s", target);
        }
    }

    private RetryableException failed(@Nullable IOException cause) throws InterruptedException {
        boolean ended = process.waitFor(AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
        if (guard.timedOut()) {
            return new RetryableException(
                    "ffmpeg_timeout",
                    "FFmpeg did not go on for " + guard.timeout().toSeconds() + " s and was killed",
                    cause);
        }
        String said = errors.text();
        if (said.contains("No space left on device") || said.contains("Disk quota exceeded")) {
            return new RetryableException(
                    "disk_full", "the disk of the work directory is full: " + target.getParent(), cause);
        }
        if (ended && encoder.hadTooMuchDetail(process.exitValue(), said)) {
            return new RetryableException(
                    TOO_MUCH_DETAIL,
                    "the encoder can't take the frames at quantizer " + format.quantizer() + ": " + said,
                    cause);
        }
        String how = ended ? "ended with exit code " + process.exitValue() : "closed its input";
        return new RetryableException("ffmpeg_failed", "FFmpeg " + how + ": " + said, cause);
    }
}
