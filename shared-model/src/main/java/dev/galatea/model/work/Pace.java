package dev.galatea.model.work;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.Stage;

/**
 * Learns how long jobs take in a stage: proportional to the units of work that their specs ask for, at a rate that is a
 * moving average per stage and model. Coarse on purpose: it says how many workers are worth running and about when a job
 * will be done. Thread-safe.
 */
public final class Pace {

    /** The newest job's part in the average. */
    private static final double NEWEST = 0.2;

    /**
     * Pixels of a clip, all frames together, at which attention between its tokens takes as long as the rest of a step.
     * Between models this differs less than one would think: larger ones are wider, but put fewer pixels into a token.
     */
    private static final double ATTENTION_PIXELS = 8e6;

    private final Map<Key, Double> secondsPerUnit = new ConcurrentHashMap<>();

    private record Key(Stage stage, String model) {}

    /** A job of this spec took so many seconds in a stage. */
    public void took(Stage stage, JobSpec spec, double seconds) {
        secondsPerUnit.merge(
                new Key(stage, spec.model()),
                seconds / units(stage, spec),
                (known, newest) -> known + NEWEST * (newest - known));
    }

    /** Seconds that {@code units} of work of a model take in a stage; empty as long as no job has shown it. */
    public OptionalDouble seconds(Stage stage, String model, double units) {
        Double rate = secondsPerUnit.get(new Key(stage, model));
        return rate == null ? OptionalDouble.empty() : OptionalDouble.of(rate * units);
    }

    /** Seconds per unit of work: by the model's name, then the stage's, as far as they are known. */
    public Map<String, Map<String, Double>> byModel() {
        Map<String, Map<String, Double>> known = new TreeMap<>();
        secondsPerUnit.forEach((key, seconds) ->
                known.computeIfAbsent(key.model, model -> new TreeMap<>()).put(key.stage.wireName(), seconds));
        return known;
    }

    /** What time in a stage is proportional to: pixels; in denoising attention too, each step, twice with guidance. */
    public static double units(Stage stage, JobSpec spec) {
        double pixels = (double) spec.width() * spec.height() * spec.frames();
        return switch (stage) {
            case ADMISSION, TEXT_CONDITIONING -> 1;
            case ENCODING, DECODING -> pixels;
            case DENOISING -> pixels * (1 + pixels / ATTENTION_PIXELS) * spec.steps() * (spec.guidance() > 1 ? 2 : 1);
        };
    }
}
