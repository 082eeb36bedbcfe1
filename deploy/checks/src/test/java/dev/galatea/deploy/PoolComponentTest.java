package dev.galatea.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Pool;
import dev.galatea.model.event.Stage;
import dev.galatea.model.pipeline.BundlePools;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;

import static org.assertj.core.api.Assertions.assertThat;

/** Holds the example of a pool's manifests against the pipeline: topics, rights, workers and their scaling. */
class PoolComponentTest {

    private static final Pool POOL = new Pool("wan-14b");
    private static final String DIRECTORY = "k8s/components/pool-" + POOL;

    private final JsonNode component = Repository.yaml(DIRECTORY + "/kustomization.yaml");
    private final List<JsonNode> resources = resources();

    static Stream<StageDefinition> stages() {
        return Pipeline.VIDEO.stages().stream().filter(StageDefinition::isPooled);
    }

    private static String nameOf(StageDefinition stage) {
        return stage.stage() + "-" + POOL;
    }

    @Test
    void shouldBePartOfTheExampleOverlay() {
        assertThat(Repository.yaml("k8s/overlays/gpu-pools/kustomization.yaml").get("components"))
                .extracting(JsonNode::asText)
                .containsExactly("../../components/pool-" + POOL);
    }

    @Test
    void shouldHaveATopicForEachStage_likeThatOfTheDefaultPool() {
        Manifests base = Manifests.base();
        Map<String, JsonNode> topics = new TreeMap<>();
        of("KafkaTopic").forEach(topic -> topics.put(Manifests.nameOf(topic), topic.get("spec")));

        Map<String, JsonNode> expected = new TreeMap<>();
        stages().forEach(stage -> expected.put(
                stage.topic(POOL),
                base.find("KafkaTopic", stage.input().topic()).orElseThrow().get("spec")));
        assertThat(topics).isEqualTo(expected);
    }

    @Test
    void shouldListBundlesOfThisPool() {
        Map<String, List<String>> lists = new TreeMap<>();
        Repository.yaml(DIRECTORY + "/lists.yaml").get("data").properties().forEach(entry -> {
            assertThat(entry.getKey()).isEqualTo("GALATEA_POOLS_WAN_14B_BUNDLES");
            lists.put(POOL.name(), List.of(entry.getValue().asText().split(",")));
        });

        assertThat(BundlePools.of(lists).all()).containsExactly(Pool.DEFAULT, POOL);
    }

    @ParameterizedTest
    @MethodSource("stages")
    void shouldRunWorkersOfThePool(StageDefinition stage) {
        JsonNode deployment = find("Deployment", nameOf(stage));
        JsonNode container = deployment.at("/spec/template/spec/containers/0");
        Map<String, String> environment = new TreeMap<>();
        container
                .get("env")
                .forEach(variable -> environment.put(
                        variable.get("name").asText(), variable.path("value").asText()));

        assertThat(environment)
                .containsEntry("GALATEA_" + stage.stage().wireName().toUpperCase(Locale.ROOT) + "_POOL", POOL.name());
        assertThat(container.at("/ports/0/containerPort").asInt())
                .isEqualTo(Repository.port(stage.stage().wireName()));
        assertThat(container.get("image").asText())
                .startsWith("galatea/" + stage.stage() + ":" + Repository.pom("version"));
        assertThat(deployment
                        .at("/spec/template/metadata/labels/app.kubernetes.io~1name")
                        .asText())
                .as("no other Deployment, Service or budget selects these pods")
                .isEqualTo(nameOf(stage));
        assertThat(find("PodDisruptionBudget", nameOf(stage))
                        .at("/spec/selector/matchLabels/app.kubernetes.io~1name")
                        .asText())
                .isEqualTo(nameOf(stage));
    }

    @ParameterizedTest
    @MethodSource("stages")
    void shouldScaleByThePoolsOwnWork_toZero(StageDefinition stage) {
        JsonNode scaled = find("ScaledObject", nameOf(stage));

        assertThat(scaled.at("/spec/scaleTargetRef/name").asText()).isEqualTo(nameOf(stage));
        assertThat(scaled.at("/spec/minReplicaCount").asInt()).isZero();
        assertThat(scaled.at("/spec/triggers/0/metadata/query").asText())
                .isEqualTo("max(galatea_backlog_work_seconds{stage=\"" + stage.metricsLabel() + "\",pool=\"" + POOL
                        + "\"} >= 0)");
    }

    @ParameterizedTest
    @MethodSource("stages")
    void shouldAllowWorkersTheirTopicsAndGroup(StageDefinition stage) {
        Set<String> needed = written(stage.stage());
        needed.add("topic " + stage.topic(POOL) + " Read");
        needed.add("group " + stage.group(POOL) + " Read");

        assertThat(rights(stage.stage().wireName())).isEqualTo(needed);
    }

    @Test
    void shouldAllowTheStageBeforeToWrite() {
        assertThat(rights("text-conditioning")).isEqualTo(written(Stage.TEXT_CONDITIONING));
    }

    @Test
    void shouldAllowJobTrackingToFollowAndRepeat() {
        Set<String> needed = new TreeSet<>();
        stages().forEach(stage -> {
            needed.add("topic " + stage.topic(POOL) + " Read");
            needed.add("topic " + stage.topic(POOL) + " Write");
            needed.add("group " + stage.group(POOL) + " AlterConfigs");
        });

        assertThat(rights("job-tracking")).isEqualTo(needed);
    }

    private static Set<String> written(Stage stage) {
        Set<String> topics = new TreeSet<>();
        for (EventType type : Pipeline.VIDEO.publishedBy(stage)) {
            for (String topic : Pipeline.VIDEO.topicsOf(type, List.of(POOL))) {
                if (!topic.equals(type.topic())) {
                    topics.add("topic " + topic + " Write");
                }
            }
        }
        return topics;
    }

    /** What the component adds to the rights of a service's user; what every client of a topic may do is left out. */
    private Set<String> rights(String service) {
        Set<String> rights = new TreeSet<>();
        for (JsonNode patch : component.get("patches")) {
            if (patch.at("/target/name").asText().equals("galatea-" + service)) {
                for (JsonNode operation :
                        Repository.yamlList(DIRECTORY + "/" + patch.get("path").asText())) {
                    collect(operation.get("value"), rights);
                }
            }
        }
        return rights;
    }

    private static void collect(JsonNode acl, Set<String> rights) {
        assertThat(acl.at("/resource/patternType").asText()).isEqualTo("literal");
        for (JsonNode operation : acl.get("operations")) {
            if (Set.of("Read", "Write", "AlterConfigs").contains(operation.asText())) {
                rights.add(acl.at("/resource/type").asText() + " "
                        + acl.at("/resource/name").asText() + " " + operation.asText());
            }
        }
    }

    private Stream<JsonNode> of(String kind) {
        return resources.stream()
                .filter(document -> document.path("kind").asText().equals(kind));
    }

    private JsonNode find(String kind, String name) {
        return of(kind).filter(document -> Manifests.nameOf(document).equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind + " " + name));
    }

    private List<JsonNode> resources() {
        List<JsonNode> all = new ArrayList<>();
        for (JsonNode file : component.get("resources")) {
            all.addAll(Repository.documents(Repository.read(DIRECTORY + "/" + file.asText())));
        }
        return all;
    }
}
