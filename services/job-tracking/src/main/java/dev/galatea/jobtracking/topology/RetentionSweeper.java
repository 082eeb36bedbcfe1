package dev.galatea.jobtracking.topology;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

import dev.galatea.jobtracking.config.JobTrackingConfig;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobState;

/**
 * Removes finished jobs after the retention time, the ids of deleted ones after the same time, and early cancel
 * commands whose prompt never came. Visits a part of the jobs at a time, so that the stream never pauses for long.
 */
final class RetentionSweeper {

    private static final int JOBS_PER_SWEEP = 1_000;

    private final KeyValueStore<String, JobState> jobs;
    private final KeyValueStore<String, JobCommand> earlyCancels;
    private final KeyValueStore<String, Long> forgotten;
    private final EventForwarder forwarder;
    private final JobTrackingConfig config;
    private @Nullable String nextJob;
    private @Nullable String nextForgotten;

    /** Of the last prompt that was processed since the last sweep; null if there was none, so that none waits. */
    private @Nullable Instant newestPrompt;

    RetentionSweeper(
            KeyValueStore<String, JobState> jobs,
            KeyValueStore<String, JobCommand> earlyCancels,
            KeyValueStore<String, Long> forgotten,
            EventForwarder forwarder,
            JobTrackingConfig config) {
        this.jobs = jobs;
        this.earlyCancels = earlyCancels;
        this.forgotten = forgotten;
        this.forwarder = forwarder;
        this.config = config;
    }

    /**
     * Notes how far the queue of prompts was processed. Prompts may wait longer than a command is kept for its prompt,
     * so that a command's age counts from there.
     *
     * @param writtenAt time of the prompt's record, in epoch milliseconds
     */
    void promptsProcessedUpTo(long writtenAt) {
        newestPrompt = Instant.ofEpochMilli(writtenAt);
    }

    void sweep(long nowMillis) {
        Instant now = Instant.ofEpochMilli(nowMillis);
        Instant jobsBefore = now.minus(config.retention());
        Instant commandsBefore = (newestPrompt == null ? now : newestPrompt).minus(config.earlyCancelTtl());
        newestPrompt = null;
        for (JobState state : overdueJobs(job -> isDoneBefore(job, jobsBefore))) {
            jobs.delete(state.jobId().toString());
            forgotten.put(state.jobId().toString(), nowMillis);
            forwarder.forget(state);
        }
        List<String> commands = new ArrayList<>();
        try (KeyValueIterator<String, JobCommand> all = earlyCancels.all()) {
            all.forEachRemaining(entry -> {
                if (entry.value.at().isBefore(commandsBefore)) {
                    commands.add(entry.key);
                }
            });
        }
        commands.forEach(earlyCancels::delete);
        releaseIds(jobsBefore.toEpochMilli());
    }

    private void releaseIds(long before) {
        List<String> overdue = new ArrayList<>();
        try (KeyValueIterator<String, Long> some =
                nextForgotten == null ? forgotten.all() : forgotten.range(nextForgotten, null)) {
            for (int i = 0; i < JOBS_PER_SWEEP && some.hasNext(); i++) {
                KeyValue<String, Long> entry = some.next();
                if (entry.value < before) {
                    overdue.add(entry.key);
                }
            }
            nextForgotten = some.hasNext() ? some.peekNextKey() : null;
        }
        overdue.forEach(forgotten::delete);
    }

    private List<JobState> overdueJobs(Predicate<JobState> overdue) {
        List<JobState> found = new ArrayList<>();
        try (KeyValueIterator<String, JobState> some = nextJob == null ? jobs.all() : jobs.range(nextJob, null)) {
            for (int i = 0; i < JOBS_PER_SWEEP && some.hasNext(); i++) {
                KeyValue<String, JobState> entry = some.next();
                if (overdue.test(entry.value)) {
                    found.add(entry.value);
                }
            }
            nextJob = some.hasNext() ? some.peekNextKey() : null;
        }
        return found;
    }

    private static boolean isDoneBefore(JobState job, Instant limit) {
        Instant finishedAt = job.finishedAt();
        return job.status().isDone() && finishedAt != null && finishedAt.isBefore(limit);
    }
}
