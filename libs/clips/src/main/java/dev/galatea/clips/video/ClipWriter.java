package dev.galatea.clips.video;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
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
    private final Duration timeout;
    private final Consumer<Duration> waited;
    private final ScheduledFuture<?> watch;
    private long waitedNanos;
    private boolean finished;
    /** The time at which the current wait began, or 0. */
    private volatile long waitingSince;

    private volatile boolean timedOut;

    ClipWriter(
            Process process,
            H264Encoder encoder,
            VideoFormat format,
            Path target,
            ScheduledExecutorService watchdog,
            Duration timeout,
            long startNanos,
            Consumer<Duration> waited) {
        this.process = process;
        this.encoder = encoder;
        this.frames = process.getOutputStream();
        this.errors = ErrorOutput.of(process);
        this.format = format;
        this.target = target;
        this.timeout = timeout;
        this.waited = waited;
        this.waitedNanos = startNanos;
        long period = Math.max(1, timeout.toMillis() / 10);
        this.watch = watchdog.scheduleWithFixedDelay(this::killWhenStuck, period, period, TimeUnit.MILLISECONDS);
    }

    /** Hands over one frame, as rows of RGB bytes from the top; waits while the process is busy. */
    public void write(byte[] rgb) throws RetryableException, InterruptedException {
        if (rgb.length != format.frameBytes()) {
            throw new IllegalArgumentException("a frame of " + format.width() + "x" + format.height() + " has "
                    + format.frameBytes() + " bytes, was " + rgb.length);
        }
        long start = beginWait();
        try {
            frames.write(rgb);
            frames.flush();
        } catch (IOException e) {
            throw failed(e);
        } finally {
            endWait(start);
        }
    }

    /** Ends the clip and waits until the file is complete. */
    public void finish() throws RetryableException, InterruptedException {
        long start = beginWait();
        try {
            frames.close();
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                timedOut = true;
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw failed(e);
        } finally {
            endWait(start);
        }
        if (timedOut || process.exitValue() != 0) {
            throw failed(null);
        }
        finished = true;
    }

    @Override
    public void close() {
        watch.cancel(false);
        waited.accept(Duration.ofNanos(waitedNanos));
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

    private long beginWait() {
        long now = System.nanoTime();
        waitingSince = now;
        return now;
    }

    private void endWait(long start) {
        waitingSince = 0;
        waitedNanos += System.nanoTime() - start;
    }

    private void killWhenStuck() {
        long since = waitingSince;
        if (since != 0 && System.nanoTime() - since > timeout.toNanos()) {
            timedOut = true;
            process.destroyForcibly();
        }
    }

    private RetryableException failed(@Nullable IOException cause) throws InterruptedException {
        boolean ended = process.waitFor(AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
        if (timedOut) {
            return new RetryableException(
                    "ffmpeg_timeout", "FFmpeg did not go on for " + timeout.toSeconds() + " s and was killed", cause);
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
