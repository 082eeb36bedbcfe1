package dev.galatea.gateway.jobs;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.id.JobId;

/**
 * Estimates how long a job waits in its queue. The estimate is made for all jobs in one pass and kept for a moment, so
 * that with a long queue a question costs no more than with a short one. Thread-safe.
 */
final class QueueEstimate {

    private static final long KEPT_NANOS = Duration.ofMillis(500).toNanos();

    private final OpenJobs open;
    private final RemainingWork remaining;
    private @Nullable View kept;

    QueueEstimate(OpenJobs open, RemainingWork remaining) {
        this.open = open;
        this.remaining = remaining;
    }

    /**
     * The work before one job.
     *
     * @param seconds until the workers that are busy now have done it
     */
    private record Ahead(int jobs, double seconds) {}

    /**
     * The queue at one moment.
     *
     * @param all the work before a job that came since
     */
    private record View(long at, Map<JobId, Ahead> ahead, Ahead all) {}

    /** Estimates the place and the time of a job that waits. */
    Forecast of(JobState state) {
        View view = view();
        Ahead ahead = view.ahead().getOrDefault(state.jobId(), view.all());
        OptionalDouble own = remaining.of(state);
        return new Forecast(
                OptionalInt.of(ahead.jobs() + 1),
                own.isPresent() ? OptionalDouble.of(ahead.seconds() + own.getAsDouble()) : OptionalDouble.empty());
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
        Map<JobId, Ahead> ahead = new HashMap<>();
        int running = 0;
        double work = 0;
        for (JobState job : open.inOrder()) {
            ahead.put(job.jobId(), new Ahead(ahead.size(), work / Math.max(1, running)));
            running += job.status() == JobStatus.RUNNING ? 1 : 0;
            work += remaining.of(job).orElse(0);
        }
        Ahead all = new Ahead(ahead.size(), work / Math.max(1, running));
        return new View(System.nanoTime(), ahead, all);
    }
}
