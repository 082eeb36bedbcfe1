package dev.galatea.model.work;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import dev.galatea.model.event.Stage;

/**
 * Learns how long jobs take in a stage: proportional to the units of work that they are, at a rate that is a moving
 * average per stage and model. Coarse on purpose: it says how many workers are worth running and about when a job will
 * be done. Thread-safe.
 */
public final class Pace {

    /** The newest job's part in the average. */
    private static final double NEWEST = 0.2;

    private final Map<Key, Double> secondsPerUnit = new ConcurrentHashMap<>();

    private record Key(Stage stage, String model) {}

    /** Learns that a job of a model took so many seconds for its {@code units} of work in a stage. */
    public void took(Stage stage, String model, double units, double seconds) {
        secondsPerUnit.merge(
                new Key(stage, model), seconds / units, (known, newest) -> known + NEWEST * (newest - known));
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
}
