package dev.galatea.gateway.jobs;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.JobState;
import dev.galatea.model.id.JobId;

/** The jobs that are not done, in memory: what the queue looks like, without reading the store. Thread-safe. */
final class OpenJobs {

    private final Map<JobId, JobState> open = new ConcurrentHashMap<>();

    /** @return what was known of the job, if it was open */
    @Nullable
    JobState changed(JobState state) {
        return state.status().isDone() ? open.remove(state.jobId()) : open.put(state.jobId(), state);
    }

    void forgotten(JobId jobId) {
        open.remove(jobId);
    }

    /** Replaces all jobs by those of a new store. */
    void replaceBy(Collection<JobState> states) {
        open.clear();
        states.forEach(this::changed);
    }

    /**
     * Counts the jobs that were heard of between two moments. Job-tracking ends whatever is silent for too long, so an
     * older state, or one from the future, is that of a job which it does not know.
     */
    int count(Instant from, Instant to) {
        return (int) open.values().stream()
                .map(JobState::updatedAt)
                .filter(at -> !at.isBefore(from) && !at.isAfter(to))
                .count();
    }

    /** Returns the jobs in the order of submission. */
    List<JobState> inOrder() {
        return open.values().stream()
                .sorted(Comparator.comparing(JobState::submittedAt).thenComparing(JobState::jobId))
                .toList();
    }
}
