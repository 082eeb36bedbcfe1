package dev.galatea.gateway.jobs;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.Pool;
import dev.galatea.model.event.StageState;
import dev.galatea.model.pipeline.Pipeline;

/**
 * Counts the workers of the stages and pools by the jobs that they were seen to have at the same time, lately. One that
 * has never had a job is not counted: nobody knows of it. Not thread-safe.
 */
final class BusyWorkers {

    private static final long LATELY_NANOS = Duration.ofMinutes(10).toNanos();

    /** By the group of a stage's workers of a pool. */
    private final Map<String, Peak> peaks = new HashMap<>();

    private final Pipeline pipeline = Pipeline.current();

    private record Peak(int count, long at) {}

    /** Looks at the jobs that are open. */
    void look(Collection<JobState> open, long nowNanos) {
        Map<String, Integer> busy = new HashMap<>();
        for (JobState job : open) {
            Pool pool = JobSpec.poolOf(job.spec());
            for (StageState stage : job.stages()) {
                if (stage.attempts() > 0 && stage.finishedAt() == null) {
                    pipeline.find(stage.stage())
                            .ifPresent(definition -> busy.merge(definition.group(pool), 1, Integer::sum));
                }
            }
        }
        peaks.values().removeIf(peak -> nowNanos - peak.at() > LATELY_NANOS);
        busy.forEach((group, count) -> peaks.merge(
                group, new Peak(count, nowNanos), (known, now) -> known.count() > now.count() ? known : now));
    }

    /** Returns the number of workers of a group; 1 if none was seen. */
    int of(String group) {
        Peak peak = peaks.get(group);
        return peak == null ? 1 : peak.count();
    }
}
