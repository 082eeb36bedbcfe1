package dev.galatea.gateway.jobs;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.JobState;

/** Hears of every new state of every job, from one thread; must return at once. */
@FunctionalInterface
public interface JobListener {

    /**
     * A job changed.
     *
     * @param before absent if it was not known as open
     */
    void changed(@Nullable JobState before, JobState now);
}
