package dev.galatea.jobtracking.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.jobtracking.tracking.Deadlines;
import dev.galatea.jobtracking.tracking.JobTracker;
import dev.galatea.jobtracking.tracking.Outcome;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageEvent;
import dev.galatea.model.id.JobId;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;

/**
 * Publishes the input of a silent stage again, and expires jobs for which that did not help. Belongs to one task and is
 * used by its thread only.
 *
 * <p>Silence is counted from this task's start at the earliest, so that no job is blamed for an outage of job-tracking,
 * and from the moment at which its last event was read: what events and records say of their time may be wrong. It is
 * counted anew when the clock jumps, as after the sleep of a computer, or when it is set: workers slept, too.
 */
final class DeadlineMonitor {

    private static final Logger LOG = Logger.getLogger(DeadlineMonitor.class);
    private static final int JOBS_PER_CHECK = 1_000;

    /** A check that is late by so much tells of a jump of the clock, or of a stream that stood still. */
    private static final Duration JUMP = Duration.ofMinutes(2);

    private final KeyValueStore<String, JobState> jobs;
    private final KeyValueStore<String, PendingStageInput> pendingInputs;
    private final EventForwarder forwarder;
    private final JobTracker tracker;
    private final Deadlines deadlines;
    private final TrackingMetrics metrics;
    private final Duration longestPause;
    private final Pipeline pipeline = Pipeline.current();

    /** When the last event of each open job was read, whether it changed its state or not. */
    private final Map<String, Instant> heardAt = new HashMap<>();

    private Instant watchedSince;
    private Instant checkedAt;
    private @Nullable String nextJob;

    /**
     * @param interval at which {@link #check} is called
     * @param now time of the task's start
     */
    DeadlineMonitor(
            KeyValueStore<String, JobState> jobs,
            KeyValueStore<String, PendingStageInput> pendingInputs,
            EventForwarder forwarder,
            JobTracker tracker,
            Deadlines deadlines,
            TrackingMetrics metrics,
            Duration interval,
            Instant now) {
        this.jobs = jobs;
        this.pendingInputs = pendingInputs;
        this.forwarder = forwarder;
        this.tracker = tracker;
        this.deadlines = deadlines;
        this.metrics = metrics;
        this.longestPause = interval.plus(JUMP);
        this.watchedSince = now;
        this.checkedAt = now;
    }

    /** Records an event of an open job that changed nothing but shows that a worker is alive. */
    void heard(String id, Instant at) {
        heardAt.put(id, at);
    }

    /** Records the new state of a job and, if the cause or the outcome is a stage's input, keeps that input. */
    void moved(String id, Event cause, Outcome outcome, Instant at) {
        if (outcome.state().status().isDone()) {
            heardAt.remove(id);
            ended(id);
        } else {
            heard(id, at);
            noteInput(id, cause);
            outcome.outputs().forEach(output -> noteInput(id, output));
        }
    }

    /** Never goes back to an earlier stage: topics are not in order with each other. */
    private void noteInput(String id, Event event) {
        if (!(event instanceof StageEvent input)) {
            return;
        }
        StageDefinition stage = pipeline.takerOf(input).orElse(null);
        if (stage == null) {
            return;
        }
        PendingStageInput known = pendingInputs.get(id);
        StageDefinition before = known == null ? null : takerOf(known);
        if (before == null || pipeline.order().compare(stage.stage(), before.stage()) > 0) {
            pendingInputs.put(id, new PendingStageInput(input, 0, known != null && known.repeated()));
        }
    }

    /** Checks a part of the open jobs at a time, so that the stream never pauses for long. */
    void check(long nowMillis) {
        Instant now = Instant.ofEpochMilli(nowMillis);
        noticeJump(now);
        List<KeyValue<String, PendingStageInput>> some = new ArrayList<>();
        try (KeyValueIterator<String, PendingStageInput> all =
                nextJob == null ? pendingInputs.all() : pendingInputs.range(nextJob, null)) {
            while (some.size() < JOBS_PER_CHECK && all.hasNext()) {
                some.add(all.next());
            }
            nextJob = all.hasNext() ? all.peekNextKey() : null;
        }
        some.forEach(entry -> judge(entry.key, entry.value, now));
    }

    private void noticeJump(Instant now) {
        Duration pause = Duration.between(checkedAt, now);
        checkedAt = now;
        if (pause.isNegative() || pause.compareTo(longestPause) > 0) {
            LOG.warnf("the clock jumped, or this stood still: deadlines begin anew seconds=%d", pause.toSeconds());
            watchedSince = now;
            heardAt.clear();
        }
    }

    private void judge(String id, PendingStageInput pending, Instant now) {
        JobState job = jobs.get(id);
        if (job == null || job.status().isDone()) {
            pendingInputs.delete(id);
            return;
        }
        StageEvent input = pending.event();
        StageDefinition taker = takerOf(pending);
        if (input == null || taker == null) {
            return;
        }
        Stage stage = taker.stage();
        Duration silence = Duration.between(lastNews(id, job, now), now);
        if (silence.compareTo(deadlines.of(job, taker)) < 0) {
            return;
        }
        String cause = "deadline/" + stage.wireName() + "/" + pending.retries();
        if (pending.retries() < deadlines.retries() && forwarder.canSend(input)) {
            LOG.warnf("no report, trying again jobId=%s stage=%s seconds=%d", id, stage, silence.toSeconds());
            store(id, job, tracker.triedAgain(job, stage, silence, now), cause);
            pendingInputs.put(id, pending.again());
            forwarder.send(forwarder.outgoing(input, cause));
            metrics.retried(stage);
        } else {
            LOG.errorf("no report, the job expires jobId=%s stage=%s seconds=%d", id, stage, silence.toSeconds());
            store(id, job, tracker.expired(job, stage, silence, now), cause);
            stopWorkers(job.jobId(), "the job expired", now, cause);
            pendingInputs.delete(id);
        }
        heardAt.remove(id);
    }

    /** Null if this job-tracking does not know the stage any more: then nobody can hand the job to it again. */
    private @Nullable StageDefinition takerOf(PendingStageInput input) {
        StageEvent event = input.event();
        return event == null ? null : pipeline.takerOf(event).orElse(null);
    }

    private void store(String id, JobState before, Outcome outcome, String cause) {
        jobs.put(id, outcome.state());
        forwarder.send(forwarder.outgoing(outcome.state(), cause));
        outcome.outputs().forEach(output -> forwarder.send(forwarder.outgoing(output, cause)));
        metrics.moved(before, outcome.state());
    }

    /** Cancels leftover work: an input that was published again may still lie in a queue. */
    private void ended(String id) {
        PendingStageInput pending = pendingInputs.delete(id);
        if (pending != null && pending.repeated()) {
            stopWorkers(JobId.parse(id), "the job is done", Instant.now(), "ended");
        }
    }

    private void stopWorkers(JobId jobId, String reason, Instant now, String cause) {
        forwarder.send(forwarder.outgoing(JobCommand.cancel(jobId, reason, now), cause));
    }

    private Instant lastNews(String id, JobState job, Instant now) {
        Instant updated = job.updatedAt();
        boolean counts = updated.isAfter(watchedSince) && !updated.isAfter(now);
        Instant last = counts ? updated : watchedSince;
        Instant heard = heardAt.get(id);
        return heard != null && heard.isAfter(last) ? heard : last;
    }
}
