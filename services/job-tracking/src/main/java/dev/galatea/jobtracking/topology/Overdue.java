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
import dev.galatea.model.id.JobId;

/**
 * Keeps open jobs from being stuck: publishes the input of a silent stage again, and ends jobs for which that did not help.
 * Of one task and its thread.
 *
 * <p>Silence is counted from this task's start at the earliest, so that no job is blamed for an outage of job-tracking.
 */
final class Overdue {

    private static final Logger LOG = Logger.getLogger(Overdue.class);
    private static final int JOBS_PER_LOOK = 1_000;

    private final KeyValueStore<String, JobState> jobs;
    private final KeyValueStore<String, Handover> handovers;
    private final Outlet outlet;
    private final JobTracker tracker;
    private final Deadlines deadlines;
    private final TrackingMetrics metrics;
    private final Instant watchedSince;

    /** News that changed no state, such as a step that an earlier attempt had done, too. */
    private final Map<String, Instant> quietNews = new HashMap<>();

    private @Nullable String nextJob;

    Overdue(
            KeyValueStore<String, JobState> jobs,
            KeyValueStore<String, Handover> handovers,
            Outlet outlet,
            JobTracker tracker,
            Deadlines deadlines,
            TrackingMetrics metrics,
            Instant watchedSince) {
        this.jobs = jobs;
        this.handovers = handovers;
        this.outlet = outlet;
        this.tracker = tracker;
        this.deadlines = deadlines;
        this.metrics = metrics;
        this.watchedSince = watchedSince;
    }

    /** An event of an open job changed nothing, but shows that somebody works on it. */
    void heard(String id, Instant at) {
        quietNews.put(id, at);
    }

    /** A job has a new state, because of {@code cause} or of what admission answered. */
    void moved(String id, Event cause, Outcome outcome) {
        quietNews.remove(id);
        if (outcome.state().status().isDone()) {
            ended(id);
        } else {
            handedOver(id, cause);
            outcome.outputs().forEach(output -> handedOver(id, output));
        }
    }

    /** Only onwards: topics are not in order with each other. */
    private void handedOver(String id, Event event) {
        if (!Deadlines.isHandover(event)) {
            return;
        }
        Handover known = handovers.get(id);
        Stage stage = Deadlines.stageAfter(event);
        if (known == null || stage.compareTo(Deadlines.stageAfter(known.event())) > 0) {
            handovers.put(id, new Handover(event, 0, known != null && known.repeated()));
        }
    }

    /** Looks at a part of the open jobs, so that the stream never pauses for long. */
    void look(long nowMillis) {
        Instant now = Instant.ofEpochMilli(nowMillis);
        List<KeyValue<String, Handover>> some = new ArrayList<>();
        try (KeyValueIterator<String, Handover> all =
                nextJob == null ? handovers.all() : handovers.range(nextJob, null)) {
            while (some.size() < JOBS_PER_LOOK && all.hasNext()) {
                some.add(all.next());
            }
            nextJob = all.hasNext() ? all.peekNextKey() : null;
        }
        some.forEach(entry -> judge(entry.key, entry.value, now));
    }

    private void judge(String id, Handover handover, Instant now) {
        JobState job = jobs.get(id);
        if (job == null || job.status().isDone()) {
            handovers.delete(id);
            return;
        }
        Stage stage = Deadlines.stageAfter(handover.event());
        Duration silence = Duration.between(lastNews(id, job), now);
        if (silence.compareTo(deadlines.of(job, stage)) < 0) {
            return;
        }
        String cause = "deadline/" + stage.wireName() + "/" + handover.retries();
        if (handover.retries() < deadlines.retries()) {
            LOG.warnf("no news, trying again jobId=%s stage=%s seconds=%d", id, stage, silence.toSeconds());
            store(id, job, tracker.triedAgain(job, stage, silence, now), cause);
            handovers.put(id, handover.again());
            outlet.send(outlet.seal(handover.event(), cause));
            metrics.retried(stage);
        } else {
            LOG.errorf("no news, the job expires jobId=%s stage=%s seconds=%d", id, stage, silence.toSeconds());
            store(id, job, tracker.expired(job, stage, silence, now), cause);
            stopWorkers(job.jobId(), "the job expired", now, cause);
            handovers.delete(id);
        }
        quietNews.remove(id);
    }

    private void store(String id, JobState before, Outcome outcome, String cause) {
        jobs.put(id, outcome.state());
        outlet.send(outlet.seal(outcome.state(), cause));
        outcome.outputs().forEach(output -> outlet.send(outlet.seal(output, cause)));
        metrics.moved(before, outcome.state());
    }

    /** What was published again may still lie in a queue: nobody shall work on a job that is done. */
    private void ended(String id) {
        Handover handover = handovers.delete(id);
        if (handover != null && handover.repeated()) {
            stopWorkers(handover.event().jobId(), "the job is done", Instant.now(), "ended");
        }
    }

    private void stopWorkers(JobId jobId, String reason, Instant now, String cause) {
        outlet.send(outlet.seal(JobCommand.cancel(jobId, reason, now), cause));
    }

    private Instant lastNews(String id, JobState job) {
        Instant last = job.updatedAt().isAfter(watchedSince) ? job.updatedAt() : watchedSince;
        Instant quiet = quietNews.get(id);
        return quiet != null && quiet.isAfter(last) ? quiet : last;
    }
}
