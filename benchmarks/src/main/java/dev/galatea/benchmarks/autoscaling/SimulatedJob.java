package dev.galatea.benchmarks.autoscaling;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.Stage;

/** A job of the simulation: what it asks for, how long each stage really takes for it, when it came and was done. */
final class SimulatedJob {

    private final JobSpec spec;
    private final int submitted;
    private final Map<Stage, Double> seconds;
    private int finished = -1;

    SimulatedJob(JobSpec spec, int submitted, Map<Stage, Double> seconds) {
        this.spec = spec;
        this.submitted = submitted;
        this.seconds = new LinkedHashMap<>(seconds);
    }

    JobSpec spec() {
        return spec;
    }

    int submitted() {
        return submitted;
    }

    double seconds(Stage stage) {
        return Objects.requireNonNull(seconds.get(stage), stage.wireName());
    }

    void finish(int second) {
        finished = second;
    }

    boolean isDone() {
        return finished >= 0;
    }

    /** From submission to the end. */
    int took() {
        return finished - submitted;
    }

    /** The part of that time in which it waited for workers. */
    double waited() {
        return Math.max(
                0,
                took()
                        - seconds.values().stream()
                                .mapToDouble(Double::doubleValue)
                                .sum());
    }
}
