package dev.galatea.streams;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * Notices that the computer's clock was set back. Kafka Streams plans punctuations by that clock: without a restart
 * they stay out until it has caught up. Not thread-safe.
 */
final class ClockWatch {

    /** Less is a correction as time servers make them, for which nothing is restarted. */
    private static final Duration CORRECTION = Duration.ofSeconds(30);

    private final Clock clock;
    private final LongSupplier nanos;
    private Instant lastTime;
    private long lastNanos;

    /** @param nanos time that is never set, as {@link System#nanoTime} */
    ClockWatch(Clock clock, LongSupplier nanos) {
        this.clock = clock;
        this.nanos = nanos;
        lastTime = clock.instant();
        lastNanos = nanos.getAsLong();
    }

    /** True if the clock was set back by more than a correction since this was asked, or made, last. */
    boolean wasSetBack() {
        Instant time = clock.instant();
        long now = nanos.getAsLong();
        Instant expected = lastTime.plusNanos(now - lastNanos);
        lastTime = time;
        lastNanos = now;
        return Duration.between(time, expected).compareTo(CORRECTION) > 0;
    }
}
