package dev.galatea.events;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Counts failures that follow each other. Pauses grow while they do, and shrink once nothing has failed for some
 * minutes. Thread-safe.
 */
public final class RepeatedFailures {

    /** The time without a failure after which the next one is the first of a new row. */
    static final Duration QUIET = Duration.ofMinutes(2);

    /** The time for which failures in a row count as a passing outage. */
    static final Duration TOLERATED = Duration.ofMinutes(1);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final int MAX_DOUBLINGS = 20;

    private final Duration maxPause;
    private final Supplier<Instant> clock;
    private int inARow;
    private @Nullable Instant first;
    private @Nullable Instant last;
    private @Nullable Throwable reason;

    /** @param maxPause the longest pause between attempts */
    public RepeatedFailures(Duration maxPause, Supplier<Instant> clock) {
        this.maxPause = maxPause;
        this.clock = clock;
    }

    /** Notes a failure and returns the pause until the next attempt. */
    public synchronized Duration next(Throwable failure) {
        Instant now = clock.get();
        if (last == null || isQuiet(last, now)) {
            first = now;
            inARow = 0;
        }
        last = now;
        reason = failure;
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(inARow, MAX_DOUBLINGS));
        inARow++;
        return pause.compareTo(maxPause) < 0 ? pause : maxPause;
    }

    /** The reason of the last failure if failures have gone on for longer than is tolerated; null if all is well. */
    public synchronized @Nullable Throwable persistent() {
        if (first == null || last == null || isQuiet(last, clock.get())) {
            return null;
        }
        return Duration.between(first, last).compareTo(TOLERATED) > 0 ? reason : null;
    }

    private static boolean isQuiet(Instant last, Instant now) {
        return Duration.between(last, now).compareTo(QUIET) > 0;
    }
}
