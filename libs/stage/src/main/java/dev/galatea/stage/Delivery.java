package dev.galatea.stage;

import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.failure.CancelledException;
import dev.galatea.model.failure.ReleasedException;
import dev.galatea.model.id.JobId;

/**
 * One delivery of a job to a stage: a parameter of the stage's method beside the event. Thread-safe.
 *
 * @see dev.galatea.stage
 */
public interface Delivery {

    /** The job that was delivered. */
    JobId jobId();

    /** The number of this delivery, from 1. */
    int attempt();

    /**
     * Says whether this worker should give the job back at its next step boundary, by a {@link ReleasedException}: the
     * process stops, or another worker has the job.
     */
    boolean shouldStop();

    /** Throws if somebody cancelled the job, or if this worker {@link #shouldStop()}: to be asked between steps. */
    void requireWanted() throws CancelledException, ReleasedException;

    /**
     * Reports progress without waiting; a report may be lost with the broker. That the stage started, finished, will
     * try again or failed is reported by the runtime.
     *
     * @param discriminator unique among the stage's reports for the same job, such as {@code step/3}
     */
    void report(ProgressDetail detail, String discriminator);
}
