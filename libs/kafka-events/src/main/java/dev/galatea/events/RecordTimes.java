package dev.galatea.events;

import java.time.Duration;

/**
 * Bounds the timestamps of records, which are what their producers say unless the topic has the broker's
 * ({@code message.timestamp.type}): a clock that is wrong, or a liar, would spoil durations, places in queues,
 * deadlines and retention. Thread-safe.
 */
public final class RecordTimes {

    /** A day more than any topic of events keeps a record, so that none that waited is taken for wrong. */
    private static final Duration OLDEST = Duration.ofDays(8);

    /** The time by which clocks may be apart. */
    private static final Duration APART = Duration.ofMinutes(1);

    private RecordTimes() {}

    /**
     * The time at which a record was written, as far as it can be believed, else the time of reading.
     *
     * @param timestamp of the record, in epoch milliseconds
     * @param now time of reading, in epoch milliseconds
     */
    public static long believable(long timestamp, long now) {
        boolean isTooOld = timestamp < now - OLDEST.toMillis();
        boolean isFromTheFuture = timestamp > now + APART.toMillis();
        return isTooOld || isFromTheFuture ? now : timestamp;
    }
}
