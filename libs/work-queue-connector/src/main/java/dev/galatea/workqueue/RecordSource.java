package dev.galatea.workqueue;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * One slot's connection to the queue: holds at most one record at a time. Used by one thread. Whatever can't be said by
 * a result is an unchecked exception; the source is closed then, and another one opened.
 */
interface RecordSource extends AutoCloseable {

    /** The next record, locked for this slot; null if none came in time. */
    @Nullable
    HeldRecord next(Duration patience);

    /** Returns the time after which a held record's lock must be renewed. */
    Duration renewalInterval();

    /** Keeps the lock of the held record; false if it is lost. */
    boolean renew(HeldRecord held);

    /**
     * Gives up the place in the group, but not the held record, which can be settled within {@code time}: others get
     * what this slot would have been given while the work of this one comes to an end. Only if the lock holds so long
     * without renewal.
     *
     * @return whether it did; if so, the record must not be renewed any more
     */
    boolean leave(HeldRecord held, Duration time);

    /** Settles the held record; false if the broker refuses, because the lock was lost meanwhile. */
    boolean settle(HeldRecord held, Settlement.Outcome outcome);

    /** Says whether the broker answered lately. May be called from any thread. */
    boolean connected();

    /** Gives back what is held, and leaves the group. */
    @Override
    void close();
}
