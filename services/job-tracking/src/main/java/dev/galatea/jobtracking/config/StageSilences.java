package dev.galatea.jobtracking.config;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import dev.galatea.model.event.Stage;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;

/** Reads by stage what {@link DeadlineConfig} has by key. */
public final class StageSilences {

    static final String PREFIX = "galatea.job-tracking.deadline.";

    /** Keys beside those of stages, which a map of all that has the prefix holds, too. */
    private static final Set<String> OTHERS = Set.of("waiting", "retries");

    private StageSilences() {}

    /** Refuses an environment variable that names no stage of the pipeline: SmallRye Config passes over it. */
    public static void requireKnown(Set<String> variables, Pipeline pipeline) {
        String prefix = variable(PREFIX);
        Set<String> known = new HashSet<>();
        OTHERS.forEach(other -> known.add(variable(other)));
        pipeline.stages()
                .forEach(definition -> known.add(variable(definition.stage().wireName())));
        for (String name : variables) {
            if (name.startsWith(prefix) && !known.contains(name.substring(prefix.length()))) {
                throw new IllegalArgumentException(
                        name + ": there is no such stage; valid are " + prefix + " and one of " + new TreeSet<>(known));
            }
        }
    }

    private static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    /** The configured durations; a key that names no stage of the pipeline is refused. */
    public static Map<Stage, Duration> of(Map<String, Duration> configured, Pipeline pipeline) {
        Map<String, Stage> stages = new HashMap<>();
        for (StageDefinition definition : pipeline.stages()) {
            stages.put(definition.stage().wireName(), definition.stage());
        }
        Map<Stage, Duration> silences = new HashMap<>();
        configured.forEach((key, duration) -> {
            if (OTHERS.contains(key)) {
                return;
            }
            Stage stage = stages.get(key);
            if (stage == null) {
                throw new IllegalArgumentException(PREFIX + key + ": there is no such stage; valid are " + PREFIX
                        + "waiting, retries, or a stage: "
                        + stages.keySet().stream().sorted().toList());
            }
            silences.put(stage, duration);
        });
        return silences;
    }
}
