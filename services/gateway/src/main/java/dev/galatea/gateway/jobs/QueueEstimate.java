package dev.galatea.gateway.jobs;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.Pool;
import dev.galatea.model.id.JobId;

/**
 * Estimates when jobs are done: those that workers have begun go on, then come the others as they were submitted, and
 * each stage's workers take what comes to their pool ({@link StageLines}). The estimate is made for all jobs in one
 * pass and kept for a moment, so that with a long queue a question costs no more than with a short one. Thread-safe.
 */
final class QueueEstimate {

    private static final long KEPT_NANOS = Duration.ofMillis(500).toNanos();

    private final OpenJobs open;
    private final RemainingWork remaining;
    private final BusyWorkers workers = new BusyWorkers();
    private @Nullable View kept;

    QueueEstimate(OpenJobs open, RemainingWork remaining) {
        this.open = open;
        this.remaining = remaining;
    }

    /**
     * One job's turn.
     *
     * @param place among the jobs of its pool, from 1
     * @param seconds until it is done
     */
    private record Turn(int place, OptionalDouble seconds) {}

    /**
     * The queue at one moment.
     *
     * @param places the number of jobs of each pool
     * @param rest what a job finds that came since
     */
    private record View(long at, Map<JobId, Turn> turns, Map<Pool, Integer> places, StageLines rest) {}

    /** Estimates the place and the time of a job that is not done. One that runs has no place. */
    Forecast of(JobState state) {
        View view = view();
        Turn known = view.turns().get(state.jobId());
        Turn turn = known == null
                ? new Turn(
                        view.places().getOrDefault(JobSpec.poolOf(state.spec()), 0) + 1,
                        view.rest().copy().pass(state))
                : known;
        boolean waits = state.status() == JobStatus.QUEUED;
        return new Forecast(waits ? OptionalInt.of(turn.place()) : OptionalInt.empty(), turn.seconds());
    }

    private synchronized View view() {
        View now = kept;
        if (now == null || System.nanoTime() - now.at() > KEPT_NANOS) {
            now = look();
            kept = now;
        }
        return now;
    }

    private View look() {
        long now = System.nanoTime();
        // Sorting is stable: each part stays in the order of submission.
        List<JobState> jobs = open.inOrder().stream()
                .sorted(Comparator.comparing(job -> job.status() == JobStatus.QUEUED))
                .toList();
        workers.look(jobs, now);
        StageLines lines = new StageLines(remaining, workers::of);
        Map<JobId, Turn> turns = new HashMap<>();
        Map<Pool, Integer> places = new HashMap<>();
        for (JobState job : jobs) {
            int place = places.merge(JobSpec.poolOf(job.spec()), 1, Integer::sum);
            turns.put(job.jobId(), new Turn(place, lines.pass(job)));
        }
        return new View(now, turns, places, lines);
    }
}
