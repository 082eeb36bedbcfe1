package dev.galatea.deploy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The Compose file: that it names only what is there, and keeps the rules that its comments state. */
class ComposeTest {

    /** The published schema; the README beside it names its origin. */
    private static final String SCHEMA = "deploy/checks/src/test/resources/schema/compose-spec.json";

    private final JsonNode compose = Repository.yaml("docker-compose.yml");
    private final Map<String, JsonNode> services = services();

    @Test
    void shouldBeWhatTheComposeSpecificationDescribes() {
        assertThat(problems(compose)).isEmpty();
    }

    @Test
    void shouldRefuseWhatComposeDoesNotKnow() {
        ObjectNode slipped = compose.deepCopy();
        ((ObjectNode) slipped.at("/services/gateway")).put("memory_limit", "1g").put("healthcheck", "ready");

        assertThat(problems(slipped))
                .anySatisfy(problem -> assertThat(problem).contains("memory_limit"))
                .anySatisfy(problem -> assertThat(problem).contains("healthcheck"));
    }

    private static List<String> problems(JsonNode file) {
        ObjectNode schema = (ObjectNode) Repository.yaml(SCHEMA);
        // A relative one, which says nothing of where the schema is.
        schema.remove("$id");
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                .getSchema(schema.toString(), InputFormat.JSON)
                .validate(merged(file).toString(), InputFormat.JSON)
                .stream()
                .map(Object::toString)
                .toList();
    }

    /** With YAML's merge keys carried out; Jackson reads the anchors that they name as text. */
    private static JsonNode merged(JsonNode file) {
        ObjectNode copy = file.deepCopy();
        Map<String, JsonNode> anchors =
                Map.of("service", copy.get("x-service"), "environment", copy.get("x-environment"));
        for (JsonNode service : copy.get("services")) {
            merge((ObjectNode) service, anchors);
            if (service.path("environment") instanceof ObjectNode environment) {
                merge(environment, anchors);
            }
        }
        return copy;
    }

    private static void merge(ObjectNode node, Map<String, JsonNode> anchors) {
        JsonNode reference = node.remove("<<");
        if (reference != null) {
            anchors.get(reference.asText()).properties().forEach(field -> {
                if (!node.has(field.getKey())) {
                    node.set(field.getKey(), field.getValue());
                }
            });
        }
    }

    @Test
    void shouldWaitOnlyForWhatSaysThatItIsHealthy() {
        TreeMap<String, JsonNode> waiting = new TreeMap<>(services);
        waiting.put("x-service", compose.get("x-service"));
        waiting.forEach(
                (name, service) -> service.path("depends_on").properties().forEach(needed -> {
                    assertThat(services).as(name).containsKey(needed.getKey());
                    assertThat(needed.getValue().get("condition").asText()).isEqualTo("service_healthy");
                    assertThat(services.get(needed.getKey()).has("healthcheck")).isTrue();
                }));
    }

    @Test
    void shouldMountOnlyWhatIsThere() {
        Set<String> declared = new TreeSet<>();
        compose.get("volumes").fieldNames().forEachRemaining(declared::add);
        services.forEach((name, service) -> service.path("volumes").forEach(volume -> {
            String source = volume.asText().split(":")[0];
            if (source.startsWith("./")) {
                assertThat(Repository.ROOT.resolve(source)).as(name).exists();
            } else {
                assertThat(declared).as(name).contains(source);
            }
        }));
    }

    @Test
    void shouldBeReachableFromThisHostOnly() {
        services.forEach((name, service) -> service.path("ports")
                .forEach(port -> assertThat(port.asText()).as(name).startsWith("127.0.0.1:")));
    }

    @Test
    void shouldPinEveryImage() {
        services.forEach((name, service) -> assertThat(service.get("image").asText())
                .as(name)
                .matches(".+:[^:]+")
                .doesNotEndWith(":latest"));
    }

    @Test
    void shouldRunEveryServiceOfOurs_withoutRights() {
        for (String name : Repository.SERVICES) {
            assertThat(services).containsKey(name);
            assertThat(services.get(name).has("healthcheck")).as(name).isTrue();
        }
        JsonNode common = compose.get("x-service");
        assertThat(common.get("read_only").asBoolean()).isTrue();
        assertThat(common.at("/cap_drop/0").asText()).isEqualTo("ALL");
        String dockerfile = Repository.read("deploy/images/Dockerfile");
        assertThat(dockerfile).contains("USER " + common.get("user").asText());
    }

    /** YAML's merge keys are left as they are: what is merged is looked at once. */
    private Map<String, JsonNode> services() {
        Map<String, JsonNode> found = new TreeMap<>();
        compose.get("services").properties().forEach(entry -> found.put(entry.getKey(), entry.getValue()));
        assertThat(found).isNotEmpty();
        return found;
    }
}
