package dev.galatea.jobtracking.backlog;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A stage's unfinished work: jobs that wait for a worker, or are with one.
 *
 * @param jobs number of jobs
 * @param workSeconds estimated time that one worker would need for all of them
 * @param oldest time at which the oldest of them was queued; null if there is none
 */
record Backlog(long jobs, double workSeconds, @Nullable Instant oldest) {

    static final Backlog NONE = new Backlog(0, 0, null);

    Backlog plus(Backlog other) {
        Instant first = oldest;
        if (first == null || (other.oldest != null && other.oldest.isBefore(first))) {
            first = other.oldest;
        }
        return new Backlog(jobs + other.jobs, workSeconds + other.workSeconds, first);
    }
}
