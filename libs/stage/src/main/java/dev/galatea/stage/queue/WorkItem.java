package dev.galatea.stage.queue;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/** One record that a worker holds the lock of, until its handler returns. */
public interface WorkItem {

    /** The record's key. */
    byte @Nullable [] key();

    /** The record's value. */
    byte @Nullable [] value();

    /** The record's headers; the last one of each name. */
    Map<String, byte[]> headers();

    /** How often the record was delivered, from 1; a classic group counts what this process saw only. */
    int deliveryCount();

    /**
     * Whether the handler should give the work back at the next step boundary, by throwing {@link
     * dev.galatea.model.failure.ReleasedException}: the worker shuts down, or its lock is lost and somebody else has
     * the record.
     */
    boolean shouldRelease();
}
