package dev.galatea.deploy;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The Compose file: that it names only what is there, and keeps the rules that its comments state. */
class ComposeTest {

    /** The keys of the Compose specification that we use; anything else is a slip. */
    private static final Set<String> SERVICE_KEYS = Set.of(
            "<<",
            "image",
            "build",
            "restart",
            "command",
            "environment",
            "env_file",
            "ports",
            "volumes",
            "healthcheck",
            "depends_on",
            "profiles",
            "mem_limit",
            "deploy",
            "read_only",
            "user",
            "cap_drop",
            "security_opt",
            "tmpfs",
            "stop_grace_period");

    private final JsonNode compose = Repository.yaml("docker-compose.yml");
    private final Map<String, JsonNode> services = services();

    @Test
    void shouldUseOnlyKeysThatComposeKnows() {
        services.forEach((name, service) -> service.fieldNames()
                .forEachRemaining(key -> assertThat(SERVICE_KEYS).as(name).contains(key)));
        compose.get("x-service").fieldNames().forEachRemaining(key -> assertThat(SERVICE_KEYS)
                .contains(key));
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
