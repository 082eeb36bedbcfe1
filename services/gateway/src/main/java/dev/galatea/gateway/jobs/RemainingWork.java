package dev.galatea.gateway.jobs;

import java.util.Map;
import java.util.OptionalDouble;

import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageState;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;
import dev.galatea.model.work.Pace;

/** Estimates a job's remaining time from finished jobs of its model. Thread-safe. */
public final class RemainingWork {

    private final Pipeline pipeline = Pipeline.current();
    private final Pace pace = new Pace();

    /** Learns from a completed job; others teach nothing. */
    void learn(JobState state) {
        JobSpec spec = state.spec();
        if (state.status() != JobStatus.COMPLETED || spec == null) {
            return;
        }
        for (StageState stage : state.stages()) {
            // A repeated attempt began somewhere in the middle, so its time says nothing.
            boolean known = pipeline.find(stage.stage()).isPresent();
            if (known && stage.seconds() != null && stage.attempts() <= 1) {
                double units = pipeline.workUnits(stage.stage(), spec);
                pace.took(stage.stage(), spec.model(), units, stage.seconds());
            }
        }
    }

    /** Seconds per unit of work, by the model's name, then the stage's, as far as they are known. */
    public Map<String, Map<String, Double>> secondsPerUnit() {
        return pace.byModel();
    }

    /** Seconds of work that are left of a job, without the time that it waits; empty if that can't be told yet. */
    public OptionalDouble of(JobState state) {
        JobSpec spec = state.spec();
        if (spec == null) {
            return OptionalDouble.empty();
        }
        double sum = 0;
        for (StageDefinition stage : pipeline.stagesOf(spec)) {
            OptionalDouble left = of(state, spec, stage);
            if (left.isEmpty()) {
                return left;
            }
            sum += left.getAsDouble();
        }
        return OptionalDouble.of(sum);
    }

    /** Seconds of work that are left of a job in one stage; empty if that can't be told yet. */
    OptionalDouble of(JobState state, JobSpec spec, StageDefinition stage) {
        OptionalDouble whole = pace.seconds(stage.stage(), spec.model(), stage.workUnits(spec));
        return whole.isEmpty() ? whole : OptionalDouble.of(whole.getAsDouble() * (1 - share(state, stage.stage())));
    }

    /** Returns the part of a stage that is done, 0 to 1. */
    public static double share(JobState state, Stage stage) {
        for (StageState known : state.stages()) {
            if (known.stage().equals(stage)) {
                if (known.finishedAt() != null) {
                    return 1;
                }
                return known.steps() == 0 ? 0 : (double) known.step() / known.steps();
            }
        }
        return 0;
    }
}
