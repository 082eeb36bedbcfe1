package dev.galatea.deploy;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The fields of KEDA's {@code keda.sh/v1alpha1} ScaledObject that we use; others are refused, as KEDA's own schema does
 * not do. {@link KedaTest} holds the values against that.
 */
record ScaledObject(String apiVersion, String kind, JsonNode metadata, Spec spec) {

    record Spec(
            Target scaleTargetRef,
            Integer pollingInterval,
            Integer cooldownPeriod,
            Integer minReplicaCount,
            Integer maxReplicaCount,
            Fallback fallback,
            Advanced advanced,
            List<Trigger> triggers) {}

    record Target(String apiVersion, String kind, String name) {}

    record Fallback(Integer failureThreshold, Integer replicas, String behavior) {}

    record Advanced(HorizontalPodAutoscalerConfig horizontalPodAutoscalerConfig) {}

    record HorizontalPodAutoscalerConfig(Behavior behavior) {}

    record Behavior(Rules scaleUp, Rules scaleDown) {}

    record Rules(Integer stabilizationWindowSeconds, List<Policy> policies) {}

    record Policy(String type, Integer value, Integer periodSeconds) {}

    record Trigger(String type, String metricType, Map<String, String> metadata) {}
}
