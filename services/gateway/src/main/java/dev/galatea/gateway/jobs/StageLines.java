package dev.galatea.gateway.jobs;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;

/**
 * Plays through what the workers of each stage and pool have before them: jobs pass one after the other, and take the
 * worker of each of their stages that is free first. Times are in seconds from now. Not thread-safe.
 */
final class StageLines {

    private final Pipeline pipeline = Pipeline.current();
    private final RemainingWork remaining;
    private final ToIntFunction<String> workers;

    /** By the group of a stage's workers of a pool: when each of them is free. */
    private final Map<String, PriorityQueue<Double>> free = new TreeMap<>();

    /** @param workers the number of workers of a group, at least 1 */
    StageLines(RemainingWork remaining, ToIntFunction<String> workers) {
        this.remaining = remaining;
        this.workers = workers;
    }

    private StageLines(StageLines other) {
        this(other.remaining, other.workers);
        other.free.forEach((group, times) -> free.put(group, new PriorityQueue<>(times)));
    }

    /** Returns the same lines, to try something on them. */
    StageLines copy() {
        return new StageLines(this);
    }

    /** Lets a job pass, and returns when it is done; empty if that can't be told, and then it takes no time. */
    OptionalDouble pass(JobState job) {
        JobSpec spec = job.spec();
        if (spec == null || remaining.of(job).isEmpty()) {
            return OptionalDouble.empty();
        }
        double now = 0;
        for (StageDefinition stage : pipeline.stagesOf(spec)) {
            double left = remaining.of(job, spec, stage).orElse(0);
            if (left > 0) {
                PriorityQueue<Double> times = free.computeIfAbsent(stage.group(spec.poolOrDefault()), this::idle);
                now = Math.max(now, times.remove()) + left;
                times.add(now);
            }
        }
        return OptionalDouble.of(now);
    }

    private PriorityQueue<Double> idle(String group) {
        PriorityQueue<Double> times = new PriorityQueue<>();
        for (int i = Math.max(1, workers.applyAsInt(group)); i > 0; i--) {
            times.add(0.0);
        }
        return times;
    }
}
