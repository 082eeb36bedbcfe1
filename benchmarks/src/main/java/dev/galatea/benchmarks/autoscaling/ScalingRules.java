package dev.galatea.benchmarks.autoscaling;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

import dev.galatea.model.event.Stage;
import dev.galatea.model.pipeline.Pipeline;

/**
 * The rules of a stage's KEDA ScaledObject.
 *
 * @param threshold estimated seconds of work for which one worker is wanted
 * @param activation a stage without workers gets one when more seconds than these are queued
 * @param minimum workers; 0 lets the stage go away
 * @param maximum workers
 * @param polling seconds between KEDA's looks at a stage without workers
 * @param cooldown seconds without work after which the last worker goes
 */
record ScalingRules(
        double threshold, double activation, int minimum, int maximum, int polling, int cooldown, Side up, Side down) {

    /**
     * Bounds in one direction.
     *
     * @param window seconds whose recommendations are looked back at, so that a short dip or peak is not followed
     */
    record Side(int window, List<Policy> policies) {}

    /** At most so many workers, or per cent of the workers, more or fewer within a period of seconds. */
    record Policy(boolean percent, int value, int period) {}

    /** The rules of each stage in a file of ScaledObjects. */
    static Map<Stage, ScalingRules> read(Path manifests) throws IOException {
        Map<Stage, ScalingRules> rules = new LinkedHashMap<>();
        YAMLMapper yaml = new YAMLMapper();
        try (var documents = yaml.readerFor(JsonNode.class).<JsonNode>readValues(manifests.toFile())) {
            while (documents.hasNext()) {
                JsonNode document = documents.next();
                if (document.path("kind").asText().equals("ScaledObject")) {
                    JsonNode spec = document.get("spec");
                    rules.put(stage(spec.at("/scaleTargetRef/name").asText()), of(spec));
                }
            }
        }
        return rules;
    }

    private static ScalingRules of(JsonNode spec) {
        JsonNode trigger = spec.at("/triggers/0/metadata");
        JsonNode behavior = spec.at("/advanced/horizontalPodAutoscalerConfig/behavior");
        return new ScalingRules(
                trigger.get("threshold").asDouble(),
                trigger.get("activationThreshold").asDouble(),
                spec.get("minReplicaCount").asInt(),
                spec.get("maxReplicaCount").asInt(),
                spec.get("pollingInterval").asInt(),
                spec.get("cooldownPeriod").asInt(),
                side(behavior.get("scaleUp")),
                side(behavior.get("scaleDown")));
    }

    private static Side side(JsonNode node) {
        List<Policy> policies = new ArrayList<>();
        node.get("policies")
                .forEach(policy -> policies.add(new Policy(
                        policy.get("type").asText().equals("Percent"),
                        policy.get("value").asInt(),
                        policy.get("periodSeconds").asInt())));
        return new Side(node.get("stabilizationWindowSeconds").asInt(), policies);
    }

    private static Stage stage(String name) {
        return Pipeline.current().definition(new Stage(name)).stage();
    }
}
