package dev.galatea.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.galatea.model.event.Stage;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Finds without a cluster what a cluster would refuse, or run badly. The base is read from its files, always; the
 * overlays are checked in the same way where {@code kustomize} or {@code kubectl} can render them.
 */
class ManifestsTest {

    private static final List<String> OVERLAYS = List.of("cpu", "gpu", "gpu-pools", "local");
    private static final Map<String, String> STRIMZI = Map.of(
            "Kafka", "io.strimzi.api.kafka.model.kafka.Kafka",
            "KafkaNodePool", "io.strimzi.api.kafka.model.nodepool.KafkaNodePool",
            "KafkaTopic", "io.strimzi.api.kafka.model.topic.KafkaTopic",
            "KafkaUser", "io.strimzi.api.kafka.model.user.KafkaUser");
    /** Longer than any step boundary takes: galatea.queue.grace-period in the base, and a margin for the rest. */
    private static final int GRACE_MARGIN_SECONDS = 10;

    /** Rendered once: that takes longer than all checks together. */
    private static final List<Manifests> SETS = new ArrayList<>();

    static synchronized List<Manifests> sets() throws InterruptedException, IOException {
        if (SETS.isEmpty()) {
            SETS.add(Manifests.base());
            for (String overlay : OVERLAYS) {
                render("k8s/overlays/" + overlay).ifPresent(yaml -> SETS.add(Manifests.rendered(overlay, yaml)));
            }
            render(overlayWithTracing()).ifPresent(yaml -> SETS.add(Manifests.rendered("cpu with tracing", yaml)));
        }
        return SETS;
    }

    /** As a user would write it; a component renders only inside of an overlay. */
    private static String overlayWithTracing() throws IOException {
        Path directory = Files.createDirectories(Repository.ROOT.resolve("deploy/checks/target/overlay-with-tracing"));
        Files.writeString(directory.resolve("kustomization.yaml"), """
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                resources:
                  - ../../../../k8s/overlays/cpu
                components:
                  - ../../../../k8s/components/tracing
                """);
        return directory.toString();
    }

    private static Optional<String> render(String directory) throws InterruptedException {
        Optional<Repository.Output> out = Repository.run("kustomize", "build", directory);
        if (out.isEmpty() && hasRecentKubectl()) {
            out = Repository.run("kubectl", "kustomize", directory);
        }
        out.ifPresent(
                rendered -> assertThat(rendered.exitCode()).as(rendered.text()).isZero());
        return out.map(Repository.Output::text);
    }

    /** Kustomize before version 4 does not know what the overlays are written in. */
    private static boolean hasRecentKubectl() throws InterruptedException {
        return Repository.run("kubectl", "version", "--client")
                .filter(version -> version.text().matches("(?s).*Kustomize Version: v([4-9]|\\d\\d).*"))
                .isPresent();
    }

    @Test
    void shouldRenderEveryOverlay() throws InterruptedException, IOException {
        List<Manifests> sets = sets();

        assumeThat(sets.size())
                .as("overlays are not rendered and not checked:"
                        + " there is neither kustomize nor a kubectl with Kustomize 4 or later")
                .isGreaterThan(1);
        assertThat(sets).hasSize(1 + OVERLAYS.size() + 1);
    }

    @ParameterizedTest
    @MethodSource("sets")
    void shouldHaveNoFieldThatKubernetesDoesNotKnow(Manifests set) {
        set.all()
                .filter(document -> !STRIMZI.containsKey(document.path("kind").asText()))
                .forEach(Manifests::strict);
    }

    @ParameterizedTest
    @MethodSource("sets")
    void shouldHaveNoFieldThatStrimziDoesNotKnow(Manifests set) {
        assumeThat(Runtime.version().feature())
                .as("Strimzi's resources are not read: its library needs Java 21")
                .isGreaterThanOrEqualTo(21);
        STRIMZI.forEach((kind, type) -> set.of(kind).forEach(document -> {
            assertThat(document.path("apiVersion").asText()).isEqualTo("kafka.strimzi.io/v1");
            try {
                Manifests.strict(document, Class.forName(type));
            } catch (ClassNotFoundException e) {
                throw new AssertionError(e);
            }
        }));
    }

    @ParameterizedTest
    @MethodSource("sets")
    void shouldNameOnlyWhatIsThere(Manifests set) {
        Set<String> secrets = secrets(set);
        for (Deployment deployment : set.deployments()) {
            String name = deployment.getMetadata().getName();
            var pod = Manifests.pod(deployment);
            if (pod.getServiceAccountName() != null) {
                assertThat(set.find("ServiceAccount", pod.getServiceAccountName()))
                        .as(name)
                        .isPresent();
            }
            for (Volume volume : pod.getVolumes()) {
                if (volume.getSecret() != null) {
                    assertThat(secrets).as(name).contains(volume.getSecret().getSecretName());
                }
                if (volume.getPersistentVolumeClaim() != null) {
                    assertThat(set.find(
                                    "PersistentVolumeClaim",
                                    volume.getPersistentVolumeClaim().getClaimName()))
                            .as(name)
                            .isPresent();
                }
            }
            for (Container container : pod.getContainers()) {
                checkEnvironment(set, secrets, container);
                List<String> volumes =
                        pod.getVolumes().stream().map(Volume::getName).toList();
                container
                        .getVolumeMounts()
                        .forEach(mount -> assertThat(volumes).as(name).contains(mount.getName()));
            }
        }
        set.of("Service").forEach(service -> selectsPods(set, service.at("/spec/selector")));
        set.of("PodDisruptionBudget").forEach(budget -> selectsPods(set, budget.at("/spec/selector/matchLabels")));
        set.of("NetworkPolicy").forEach(policy -> selectsPods(set, policy.at("/spec/podSelector/matchLabels")));
        set.of("ScaledObject").forEach(scaled -> assertThat(set.find(
                        "Deployment", scaled.at("/spec/scaleTargetRef/name").asText()))
                .isPresent());
    }

    private static void checkEnvironment(Manifests set, Set<String> secrets, Container container) {
        container.getEnvFrom().forEach(source -> {
            if (source.getSecretRef() == null) {
                assertThat(set.find("ConfigMap", source.getConfigMapRef().getName()))
                        .isPresent();
            } else {
                assertThat(source.getSecretRef().getOptional())
                        .as("people make it, or not")
                        .isTrue();
            }
        });
        for (EnvVar variable : container.getEnv()) {
            if (variable.getValueFrom() != null && variable.getValueFrom().getSecretKeyRef() != null) {
                assertThat(secrets)
                        .as(variable.getName())
                        .contains(variable.getValueFrom().getSecretKeyRef().getName());
            }
        }
    }

    /** In the manifests, made by Strimzi for each user and for the cluster, or the one that people make. */
    private static Set<String> secrets(Manifests set) {
        Set<String> secrets = new TreeSet<>(Set.of("galatea-store"));
        Stream.concat(set.of("Secret"), set.of("KafkaUser"))
                .map(Manifests::nameOf)
                .forEach(secrets::add);
        set.of("Kafka").forEach(kafka -> secrets.add(Manifests.nameOf(kafka) + "-cluster-ca-cert"));
        return secrets;
    }

    private static void selectsPods(Manifests set, JsonNode labels) {
        assertThat(labels.isEmpty()).isFalse();
        assertThat(set.deployments())
                .anySatisfy(deployment -> labels.properties().forEach(label -> assertThat(
                                deployment.getSpec().getTemplate().getMetadata().getLabels())
                        .containsEntry(label.getKey(), label.getValue().asText())));
    }

    @ParameterizedTest
    @MethodSource("sets")
    void shouldRunWithAsFewRightsAsCan(Manifests set) {
        for (Deployment deployment : set.deployments()) {
            var pod = Manifests.pod(deployment);
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(pod.getAutomountServiceAccountToken()).isFalse();
            for (Container container : pod.getContainers()) {
                var context = container.getSecurityContext();
                assertThat(context.getReadOnlyRootFilesystem()).isTrue();
                assertThat(context.getAllowPrivilegeEscalation()).isFalse();
                assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
                assertThat(container.getImage()).matches(".+:[^:]+").doesNotEndWith(":latest");
                assertThat(container.getResources().getLimits()).containsKey("memory");
                assertThat(container.getResources().getRequests()).containsKeys("cpu", "memory");
                for (Probe probe : List.of(
                        container.getStartupProbe(), container.getLivenessProbe(), container.getReadinessProbe())) {
                    assertThat(probe).as(container.getName()).isNotNull();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sets")
    void shouldGiveWorkersTimeForAStepAndACheckpoint(Manifests set) {
        String configured = set.find("ConfigMap", "galatea")
                .orElseThrow()
                .at("/data/GALATEA_QUEUE_GRACE_PERIOD")
                .asText();
        int grace = Integer.parseInt(configured.replace("s", ""));
        for (String worker : Pipeline.VIDEO.stages().stream()
                .filter(StageDefinition::isQueued)
                .map(stage -> stage.stage().wireName())
                .toList()) {
            Deployment deployment =
                    (Deployment) Manifests.strict(set.find("Deployment", worker).orElseThrow());
            assertThat(Manifests.pod(deployment).getTerminationGracePeriodSeconds())
                    .isGreaterThanOrEqualTo(grace + GRACE_MARGIN_SECONDS);
        }
    }

    @ParameterizedTest
    @MethodSource("sets")
    void shouldAskForGpus_onlyWhereItIsAGpuOverlay(Manifests set) {
        for (Deployment deployment : set.deployments()) {
            String name = deployment.getMetadata().getName();
            boolean wanted = set.toString().startsWith("gpu")
                    && Set.of("denoising", "decoding", "finishing", "denoising-wan-14b", "decoding-wan-14b")
                            .contains(name);
            var pod = Manifests.pod(deployment);

            assertThat(pod.getContainers().get(0).getResources().getLimits().containsKey("nvidia.com/gpu"))
                    .as(name)
                    .isEqualTo(wanted);
            assertThat(pod.getTolerations().stream().anyMatch(one -> "nvidia.com/gpu".equals(one.getKey())))
                    .as(name)
                    .isEqualTo(wanted);
            assertThat(pod.getContainers().get(0).getImage().endsWith("-cuda"))
                    .as(name)
                    .isEqualTo(wanted);
        }
    }

    @ParameterizedTest
    @MethodSource("sets")
    void shouldDenyByDefault(Manifests set) {
        JsonNode policy = set.find("NetworkPolicy", "default-deny").orElseThrow();
        assertThat(policy.at("/spec/policyTypes")).extracting(JsonNode::asText).contains("Ingress", "Egress");
        assertThat(policy.at("/spec/ingress").isMissingNode()).isTrue();
        assertThat(policy.at("/spec/egress").isMissingNode()).isTrue();
        for (String service : Repository.SERVICES) {
            JsonNode labels = set.find("Deployment", service).orElseThrow().at("/spec/template/metadata/labels");
            policy.at("/spec/podSelector/matchLabels")
                    .properties()
                    .forEach(label ->
                            assertThat(labels.get(label.getKey())).as(service).isEqualTo(label.getValue()));
        }
    }

    @ParameterizedTest
    @MethodSource("sets")
    void shouldLetOnlyWebhooksAndEncodingOut(Manifests set) {
        List<JsonNode> ways = set.of("NetworkPolicy")
                .filter(policy -> policy.findParent("ipBlock") != null)
                .toList();

        assertThat(ways).singleElement().satisfies(policy -> assertThat(
                        policy.at("/spec/podSelector/matchLabels").toString())
                .isEqualTo("{\"galatea.dev/egress\":\"public\"}"));
        assertThat(set.of("Deployment")
                        .filter(pods ->
                                pods.at("/spec/template/metadata/labels").has("galatea.dev/egress"))
                        .map(pods -> pods.at("/metadata/name").asText().replaceFirst("^encoding-.*", "encoding"))
                        .distinct())
                .containsExactlyInAnyOrder("webhooks", "encoding");
    }

    @ParameterizedTest
    @MethodSource("sets")
    void shouldSpreadPods_andBoundTheirDisruption(Manifests set) {
        for (String name : Repository.SERVICES) {
            Deployment deployment =
                    (Deployment) Manifests.strict(set.find("Deployment", name).orElseThrow());
            Map<String, String> labels =
                    deployment.getSpec().getTemplate().getMetadata().getLabels();

            assertThat(Manifests.pod(deployment).getTopologySpreadConstraints())
                    .as(name)
                    .isNotEmpty()
                    .allSatisfy(spread -> assertThat(labels)
                            .containsAllEntriesOf(spread.getLabelSelector().getMatchLabels()));
            if (!set.toString().equals("local")) { // one node, and one pod of some services: nothing to keep up
                checkBudget(set, name, labels);
            }
        }
    }

    private static void checkBudget(Manifests set, String name, Map<String, String> labels) {
        PodDisruptionBudget budget = (PodDisruptionBudget)
                Manifests.strict(set.find("PodDisruptionBudget", name).orElseThrow());
        assertThat(labels)
                .as(name)
                .containsAllEntriesOf(budget.getSpec().getSelector().getMatchLabels());
        assertThat(budget.getSpec().getMaxUnavailable() != null
                        || budget.getSpec().getMinAvailable() != null)
                .as(name)
                .isTrue();
    }

    @Test
    void shouldScaleEachStageByItsOwnWork_toZero() {
        List<ScaledObject> scaled = Manifests.base()
                .of("ScaledObject")
                .map(document -> (ScaledObject) Manifests.strict(document))
                .toList();

        assertThat(scaled)
                .extracting(object -> object.spec().scaleTargetRef().name())
                .containsExactlyInAnyOrderElementsOf(PipelineAgreementTest.names());
        for (ScaledObject object : scaled) {
            String stage = object.spec().scaleTargetRef().name();
            Map<String, String> trigger = object.spec().triggers().get(0).metadata();
            assertThat(object.spec().minReplicaCount()).isZero();
            // Without it, an outage of Prometheus takes eight busy workers to one.
            assertThat(object.spec().fallback().behavior()).isEqualTo("currentReplicasIfHigher");
            assertThat(object.spec().triggers()).singleElement().satisfies(t -> {
                assertThat(t.type()).isEqualTo("prometheus");
                assertThat(t.metricType()).isEqualTo("AverageValue"); // for others KEDA has no fallback
            });
            boolean pooled = Pipeline.VIDEO.definition(new Stage(stage)).isPooled();
            assertThat(trigger.get("query"))
                    .contains("galatea_backlog_work_seconds{stage=\"" + stage + "\""
                            + (pooled ? ",pool=\"default\"}" : "}"));
            assertThat(trigger.keySet())
                    .containsExactlyInAnyOrder(
                            "serverAddress", "query", "threshold", "activationThreshold", "ignoreNullValues");
        }
    }
}
