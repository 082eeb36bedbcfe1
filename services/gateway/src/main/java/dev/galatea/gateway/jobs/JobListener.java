package dev.galatea.gateway.jobs;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.JobState;
import dev.galatea.model.id.JobId;

/** A reaction to new states of jobs. It is called by the thread that maintains the store, and must return at once. */
@FunctionalInterface
public interface JobListener {

    /**
     * Reacts to a new state.
     *
     * @param before absent if the job was not known as open
     */
    void changed(@Nullable JobState before, JobState now);

    /** Reacts to the removal of a job that was deleted. */
    default void forgotten(JobId jobId) {}
}
