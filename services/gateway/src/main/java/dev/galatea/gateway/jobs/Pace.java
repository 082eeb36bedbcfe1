package dev.galatea.gateway.jobs;

import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageState;

/**
 * How long the stages take per unit of their work, learnt from finished jobs: a mean in which the newest counts most.
 * Thread-safe.
 */
public final class Pace {

    private static final double WEIGHT_OF_NEWEST = 0.3;

    /** The stages that every job passes. */
    private static final Stage[] STAGES = {Stage.TEXT_CONDITIONING, Stage.DENOISING, Stage.DECODING};

    private final Map<Stage, Double> secondsPerUnit = new EnumMap<>(Stage.class);

    /** Learns from a completed job; others teach nothing. */
    synchronized void learn(JobState state) {
        JobSpec spec = state.spec();
        if (state.status() != JobStatus.COMPLETED || spec == null) {
            return;
        }
        for (StageState stage : state.stages()) {
            // A repeated attempt began somewhere in the middle, so its time says nothing.
            if (stage.seconds() != null && stage.attempts() <= 1) {
                double observed = stage.seconds() / units(stage.stage(), spec);
                secondsPerUnit.merge(stage.stage(), observed, (old, now) -> old + WEIGHT_OF_NEWEST * (now - old));
            }
        }
    }

    /** Seconds that a stage of a job will take; empty as long as no job has shown it. */
    public synchronized OptionalDouble seconds(Stage stage, JobSpec spec) {
        Double pace = secondsPerUnit.get(stage);
        return pace == null ? OptionalDouble.empty() : OptionalDouble.of(pace * units(stage, spec));
    }

    /** Seconds per unit of work, by the stage's name, as far as they are known. */
    public synchronized Map<String, Double> secondsPerUnit() {
        Map<String, Double> known = new TreeMap<>();
        secondsPerUnit.forEach((stage, seconds) -> known.put(stage.wireName(), seconds));
        return known;
    }

    /** Seconds of work that are left of a job, without the time that it waits; empty if that can't be told yet. */
    public OptionalDouble remaining(JobState state) {
        JobSpec spec = state.spec();
        if (spec == null) {
            return OptionalDouble.empty();
        }
        double sum = 0;
        for (Stage stage : STAGES) {
            OptionalDouble whole = seconds(stage, spec);
            if (whole.isEmpty()) {
                return whole;
            }
            sum += whole.getAsDouble() * (1 - share(state, stage));
        }
        return OptionalDouble.of(sum);
    }

    /** Which part of a stage is done, 0 to 1. */
    public static double share(JobState state, Stage stage) {
        for (StageState known : state.stages()) {
            if (known.stage() == stage) {
                if (known.finishedAt() != null) {
                    return 1;
                }
                return known.steps() == 0 ? 0 : (double) known.step() / known.steps();
            }
        }
        return 0;
    }

    private static double units(Stage stage, JobSpec spec) {
        double pixels = (double) spec.width() * spec.height() * spec.frames();
        return switch (stage) {
            case ADMISSION, TEXT_CONDITIONING -> 1;
            case DENOISING -> pixels * spec.steps() * (spec.guidance() > 1 ? 2 : 1);
            case ENCODING, DECODING -> pixels;
        };
    }
}
