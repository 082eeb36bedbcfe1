package dev.galatea.jobtracking.topology;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.jboss.logging.Logger;

/**
 * Replaces a stream thread that failed, because no defect of a record can get that far: what remains is a broker or a disk
 * that doesn't answer, which passes. Pauses grow while failures follow each other, and shrink after quiet minutes.
 */
final class RestartPolicy implements StreamsUncaughtExceptionHandler {

    private static final Logger LOG = Logger.getLogger(RestartPolicy.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration QUIET = Duration.ofMinutes(2);

    private final Duration maxPause;
    private final TrackingMetrics metrics;
    private final AtomicInteger inARow = new AtomicInteger();
    private volatile long lastFailureNanos = System.nanoTime();

    RestartPolicy(Duration maxPause, TrackingMetrics metrics) {
        this.maxPause = maxPause;
        this.metrics = metrics;
    }

    @Override
    public StreamThreadExceptionResponse handle(Throwable failure) {
        long now = System.nanoTime();
        if (now - lastFailureNanos > QUIET.toNanos()) {
            inARow.set(0);
        }
        lastFailureNanos = now;
        Duration pause = pause(inARow.getAndIncrement());
        LOG.errorf(failure, "stream thread failed; a new one starts in pauseMillis=%d", pause.toMillis());
        metrics.threadReplaced();
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    Duration pause(int failures) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures, 20));
        return pause.compareTo(maxPause) < 0 ? pause : maxPause;
    }
}
