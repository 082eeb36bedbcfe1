package dev.galatea.gateway.jobs;

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

    int count() {
        return open.size();
    }

    /** Returns the jobs in the order of submission. */
    List<JobState> inOrder() {
        return open.values().stream()
                .sorted(Comparator.comparing(JobState::submittedAt).thenComparing(JobState::jobId))
                .toList();
    }
}
