package dev.galatea.jobtracking.backlog;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What a stage has not finished: waiting for a worker, or with one.
 *
 * @param jobs how many
 * @param workSeconds how long one worker would need for all of them, estimated
 * @param oldest when the oldest of them was queued; null if there is none
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
