package dev.galatea.jobtracking.backlog;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import dev.galatea.jobtracking.config.BacklogConfig;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.Stage;

/**
 * Learns how long jobs take in a stage: proportional to the units of work that their specs ask for, at a rate that is a
 * moving average per stage and model. Coarse on purpose: it decides how many workers run, not when a job is done.
 * Thread-safe.
 */
@ApplicationScoped
public class WorkEstimate {

    /** The newest job's part in the average. */
    private static final double NEWEST = 0.2;

    private final double firstEstimate;
    private final Map<Key, Double> secondsPerUnit = new ConcurrentHashMap<>();

    private record Key(Stage stage, String model) {}

    @Inject
    public WorkEstimate(BacklogConfig config) {
        firstEstimate = config.firstEstimate().toMillis() / 1e3;
    }

    /** A job of this spec took so long in a stage. */
    public void took(Stage stage, JobSpec spec, double seconds) {
        secondsPerUnit.merge(
                new Key(stage, spec.model()),
                seconds / units(stage, spec),
                (known, newest) -> known + NEWEST * (newest - known));
    }

    /** How long {@code units} of work of a model take in a stage. */
    double seconds(Stage stage, String model, double units) {
        Double rate = secondsPerUnit.get(new Key(stage, model));
        return rate == null ? firstEstimate : rate * units;
    }

    /** What time in a stage is proportional to: pixels, for each denoising step, twice with guidance. */
    static double units(Stage stage, JobSpec spec) {
        double pixels = (double) spec.width() * spec.height() * spec.frames();
        return switch (stage) {
            case ADMISSION, TEXT_CONDITIONING -> 1;
            case ENCODING, DECODING -> pixels;
            case DENOISING -> pixels * spec.steps() * (spec.guidance() > 1 ? 2 : 1);
        };
    }
}
