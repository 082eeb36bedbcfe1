package dev.galatea.gateway.jobs;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

import dev.galatea.model.event.JobState;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageState;

/**
 * Counts the workers of the stages by the jobs that they were seen to have at the same time, lately. One that has never
 * had a job is not counted: nobody knows of it. Not thread-safe.
 */
final class BusyWorkers {

    private static final long LATELY_NANOS = Duration.ofMinutes(10).toNanos();

    private final Map<Stage, Peak> peaks = new HashMap<>();

    private record Peak(int count, long at) {}

    /** Looks at the jobs that are open. */
    void look(Collection<JobState> open, long nowNanos) {
        Map<Stage, Integer> busy = new HashMap<>();
        for (JobState job : open) {
            for (StageState stage : job.stages()) {
                if (stage.attempts() > 0 && stage.finishedAt() == null) {
                    busy.merge(stage.stage(), 1, Integer::sum);
                }
            }
        }
        peaks.values().removeIf(peak -> nowNanos - peak.at() > LATELY_NANOS);
        busy.forEach((stage, count) -> peaks.merge(
                stage, new Peak(count, nowNanos), (known, now) -> known.count() > now.count() ? known : now));
    }

    /** Returns the number of a stage's workers; 1 if none was seen. */
    int of(Stage stage) {
        Peak peak = peaks.get(stage);
        return peak == null ? 1 : peak.count();
    }
}
