package dev.galatea.stage.queue;

import dev.galatea.model.event.Failure;
import dev.galatea.model.failure.StageException;

/**
 * Does the work of one record. Called on a worker thread, one call per slot at a time; never twice at once for the same
 * record in one process.
 */
public interface WorkHandler {

    /**
     * Does the work. Returning settles the record for ever; effects must be in place by then (object first, event
     * second), and must be idempotent, because a record can be delivered again.
     */
    void handle(WorkItem item) throws StageException, InterruptedException;

    /** An attempt failed or was given back, and the record will be delivered again. */
    void retrying(WorkItem item, Failure failure);

    /** The record won't be delivered again: it is poison, or was delivered too often. It is in the dead-letter topic. */
    void gaveUp(WorkItem item, Failure failure);
}
