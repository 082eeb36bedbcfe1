package dev.galatea.examples.passthrough;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.Test;

import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Stage;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;

import static org.assertj.core.api.Assertions.assertThat;

/** Holds the stage's manifests against its definition. */
class ComponentTest {

    private static final Path DIRECTORY = Path.of("../k8s");

    private final StageDefinition definition = Pipeline.current().definition(new Stage("pass-through"));
    private final List<JsonNode> documents = documents();

    @Test
    void shouldRunAndScaleTheStageByItsName() {
        for (String kind : List.of("Deployment", "ServiceAccount", "Service", "PodDisruptionBudget", "ScaledObject")) {
            assertThat(of(kind).map(ComponentTest::nameOf)).as(kind).containsExactly("pass-through");
        }
        assertThat(of("ScaledObject").map(object -> object.at("/spec/triggers/0/metadata/query")
                        .asText()))
                .containsExactly("max(galatea_backlog_work_seconds{stage=\"" + definition.metricsLabel() + "\"} >= 0)");
    }

    @Test
    void shouldHaveTheTopicOfTheInput() {
        assertThat(of("KafkaTopic").map(ComponentTest::nameOf))
                .containsExactly(definition.input().topic());
    }

    @Test
    void shouldAllowTheStageWhatItNeeds() {
        Set<String> rights = new TreeSet<>();
        of("KafkaUser").forEach(user -> rights.addAll(rights(user.at("/spec/authorization/acls"))));

        Set<String> needed = new TreeSet<>(Set.of(
                "topic " + definition.input().topic() + " Read",
                "topic " + EventType.COMMAND.topic() + " Read",
                "topic " + EventType.PROGRESS.topic() + " Write",
                "topic " + EventType.DEAD_LETTER_TOPIC + " Write",
                "group " + definition.group() + " Read"));
        Pipeline.current()
                .publishedBy(definition.stage())
                .forEach(type -> needed.add("topic " + type.topic() + " Write"));
        assertThat(rights).isEqualTo(needed);
    }

    @Test
    void shouldAllowOthersWhatTheyNeed() {
        String topic = "topic " + definition.input().topic();

        assertThat(rights(patch("rights-of-denoising.yaml"))).containsExactly(topic + " Write");
        assertThat(Pipeline.current().publishedBy(Stage.DENOISING)).contains(definition.input());
        assertThat(rights(patch("rights-of-job-tracking.yaml"))).containsExactly(topic + " Read", topic + " Write");
    }

    /** Who may read and write what; what every client of a topic may do is left out. */
    private static Set<String> rights(Iterable<JsonNode> acls) {
        Set<String> rights = new TreeSet<>();
        for (JsonNode acl : acls) {
            acl.get("operations").forEach(operation -> {
                if (Set.of("Read", "Write").contains(operation.asText())) {
                    rights.add(acl.at("/resource/type").asText() + " "
                            + acl.at("/resource/name").asText() + " " + operation.asText());
                }
            });
        }
        return rights;
    }

    private static List<JsonNode> patch(String file) {
        List<JsonNode> acls = new ArrayList<>();
        read(DIRECTORY.resolve(file)).forEach(operation -> acls.add(operation.get("value")));
        return acls;
    }

    private Stream<JsonNode> of(String kind) {
        return documents.stream()
                .filter(document -> document.path("kind").asText().equals(kind));
    }

    private static String nameOf(JsonNode document) {
        return document.at("/metadata/name").asText();
    }

    private static List<JsonNode> documents() {
        List<JsonNode> all = new ArrayList<>();
        for (JsonNode file :
                read(DIRECTORY.resolve("kustomization.yaml")).get(0).get("resources")) {
            all.addAll(read(DIRECTORY.resolve(file.asText())));
        }
        return all;
    }

    private static List<JsonNode> read(Path file) {
        try (var values = new YAMLMapper().readerFor(JsonNode.class).<JsonNode>readValues(Files.readString(file))) {
            return values.readAll();
        } catch (IOException e) {
            throw new IllegalStateException(file + " can't be read", e);
        }
    }
}
