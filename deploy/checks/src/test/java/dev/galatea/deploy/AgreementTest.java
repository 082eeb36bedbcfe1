package dev.galatea.deploy;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Stage;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.store.StoreConfig;

import static org.assertj.core.api.Assertions.assertThat;

/** Holds what the manifests and the Compose file say against the code: keys, ports, images, topics, rights. */
class AgreementTest {

    static final List<String> SERVICES = Repository.SERVICES;

    private final Manifests base = Manifests.base();
    private final JsonNode compose = Repository.yaml("docker-compose.yml");
    private final JsonNode asyncApi = Repository.yaml("deploy/asyncapi.yaml");

    @Test
    void shouldSetOnlyKeysThatTheServicesRead() {
        Set<String> known = environmentKeys();
        Set<String> set = new TreeSet<>();
        base.find("ConfigMap", "galatea").orElseThrow().get("data").fieldNames().forEachRemaining(set::add);
        base.deployments().forEach(deployment -> Manifests.pod(deployment).getContainers().get(0).getEnv().stream()
                .map(variable -> variable.getName())
                .forEach(set::add));
        compose.get("x-environment").fieldNames().forEachRemaining(set::add);
        compose.at("/services/denoising-gpu/environment").fieldNames().forEachRemaining(set::add);
        for (String overlay : List.of("cpu", "gpu")) {
            for (JsonNode patch : Repository.documents(Repository.read("k8s/overlays/" + overlay + "/models.yaml"))) {
                patch.at("/spec/template/spec/containers/0/env")
                        .forEach(variable -> set.add(variable.get("name").asText()));
            }
        }
        set.remove("<<");

        assertThat(set).isNotEmpty();
        assertThat(known).containsAll(set);
    }

    private static Set<String> environmentKeys() {
        Set<String> properties = new HashSet<>(Configuration.keys());
        for (Set<String> names : List.of(ProducerConfig.configNames(), AdminClientConfig.configNames())) {
            names.forEach(name -> properties.add("kafka." + name));
        }
        properties.add("quarkus.shutdown.delay"); // Quarkus's own
        Set<String> keys = new TreeSet<>();
        properties.forEach(name -> keys.add(name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_")));
        return keys;
    }

    @ParameterizedTest
    @FieldSource("SERVICES")
    void shouldUseTheServicesOwnPorts(String service) {
        int port = Repository.port(service);
        int management = Repository.managementPort(service);
        JsonNode deployment = base.find("Deployment", service).orElseThrow();

        assertThat(deployment
                        .at("/spec/template/spec/containers/0/ports/0/containerPort")
                        .asInt())
                .isEqualTo(port);
        assertThat(deployment
                        .at("/spec/template/metadata/annotations")
                        .get("prometheus.io/port")
                        .asText())
                .isEqualTo(Integer.toString(management));
        assertThat(base.find("Service", service)
                        .orElseThrow()
                        .at("/spec/ports/0/port")
                        .asInt())
                .isEqualTo(port);
        assertThat(compose.at("/services/" + service + "/healthcheck/test/2").asText())
                .isEqualTo(Integer.toString(management));
        assertThat(Repository.read("deploy/prometheus/prometheus.yml"))
                .containsAnyOf(
                        service + ":" + management, "- " + service + "\n        type: A\n        port: " + management);
        assertThat(base.find("NetworkPolicy", "metrics-ingress").orElseThrow().at("/spec/ingress/0/ports"))
                .extracting(rule -> rule.get("port").asInt())
                .contains(management);
    }

    @ParameterizedTest
    @FieldSource("SERVICES")
    void shouldUseOneImageEach_inTheVersionOfTheBuild(String service) {
        String image = "galatea/" + service + ":" + Repository.pom("version");

        assertThat(base.find("Deployment", service)
                        .orElseThrow()
                        .at("/spec/template/spec/containers/0/image")
                        .asText())
                .isEqualTo(image);
        JsonNode composed = compose.at("/services/" + service);
        assertThat(composed.get("image").asText()).isEqualTo(image);
        assertThat(composed.at("/build/args/SERVICE").asText()).isEqualTo(service);
        assertThat(Repository.ROOT.resolve(composed.at("/build/dockerfile").asText()))
                .isRegularFile();
    }

    @Test
    void shouldRunTheBrokerAndStoreThatTheTestsUse() {
        String kafka = Repository.pom("kafka.version");
        String store = "andrewgaul/s3proxy:s3proxy-" + Repository.pom("s3proxy.version");

        assertThat(compose.at("/services/kafka/image").asText()).isEqualTo("apache/kafka:" + kafka);
        assertThat(base.find("Kafka", "galatea")
                        .orElseThrow()
                        .at("/spec/kafka/version")
                        .asText())
                .isEqualTo(kafka);
        assertThat(compose.at("/services/store/image").asText()).isEqualTo(store);
        assertThat(Repository.read("k8s/overlays/local/object-store.yaml")).contains("image: " + store);
    }

    @Test
    void shouldUseTheDefaultBucket() throws NoSuchMethodException {
        String bucket = StoreConfig.class
                .getMethod("bucket")
                .getAnnotation(io.smallrye.config.WithDefault.class)
                .value();

        assertThat(compose.at("/x-environment/GALATEA_STORE_BUCKET").asText()).isEqualTo(bucket);
        assertThat(base.find("ConfigMap", "galatea")
                        .orElseThrow()
                        .at("/data/GALATEA_STORE_BUCKET")
                        .asText())
                .isEqualTo(bucket);
    }

    @Test
    void shouldHaveEveryTopicAsAsyncApiHasIt() {
        Map<String, JsonNode> topics = new TreeMap<>();
        base.of("KafkaTopic").forEach(topic -> topics.put(Manifests.nameOf(topic), topic));
        int partitions = base.find("ConfigMap", "galatea")
                .orElseThrow()
                .at("/data/GALATEA_TOPICS_PARTITIONS")
                .asInt();

        for (JsonNode channel : asyncApi.get("channels")) {
            JsonNode documented = channel.at("/bindings/kafka/topicConfiguration");
            JsonNode topic = topics.remove(channel.get("address").asText());
            assertThat(topic).as(channel.get("address").asText()).isNotNull();
            JsonNode config = topic.at("/spec/config");
            boolean queue = "work-queue"
                    .equals(topic.at("/metadata/labels")
                            .path("app.kubernetes.io/component")
                            .asText());
            assertThat(topic.at("/spec/partitions").asInt()).isEqualTo(queue ? 1 : partitions);
            assertThat(queue)
                    .isEqualTo(EventType.ofTopic(channel.get("address").asText())
                            .filter(Pipeline.current()::isQueue)
                            .isPresent());
            assertThat(config.get("cleanup.policy")).isEqualTo(documented.at("/cleanup.policy/0"));
            assertThat(config.get("retention.ms")).isEqualTo(documented.get("retention.ms"));
            assertThat(config.get("max.message.bytes")).isEqualTo(documented.get("max.message.bytes"));
            assertThat(config.get("message.timestamp.type")).isEqualTo(documented.get("message.timestamp.type"));
        }
        assertThat(topics).as("topics that the document does not have").isEmpty();
    }

    @ParameterizedTest
    @FieldSource("SERVICES")
    void shouldAllowEachServiceItsOwnTopicsAndNoOthers(String service) {
        Map<String, Set<String>> documented = new TreeMap<>();
        for (JsonNode operation : asyncApi.get("operations")) {
            if (operation.get("x-galatea-service").asText().equals(service)) {
                String channel = operation.at("/channel/$ref").asText().replace("#/channels/", "");
                documented
                        .computeIfAbsent(
                                asyncApi.at("/channels/" + channel + "/address").asText(), topic -> new TreeSet<>())
                        .add(operation.get("action").asText().equals("send") ? "Write" : "Read");
            }
        }
        Map<String, Set<String>> allowed = new TreeMap<>();
        for (JsonNode acl : acls(service)) {
            String topic = acl.at("/resource/name").asText();
            // The changelogs of a service's own stores are nobody else's business.
            if (acl.at("/resource/type").asText().equals("topic") && !topic.equals("galatea-" + service + "-")) {
                assertThat(acl.at("/resource/patternType").asText()).isEqualTo("literal");
                Set<String> operations = new TreeSet<>();
                acl.get("operations").forEach(operation -> operations.add(operation.asText()));
                operations.removeAll(Set.of("Describe", "DescribeConfigs"));
                assertThat(allowed.put(topic, operations)).as(topic).isNull();
            }
        }

        assertThat(allowed).isEqualTo(documented);
    }

    @Test
    void shouldLetOnlyWorkersIntoTheirGroups() {
        for (String service : Repository.SERVICES) {
            Set<String> joined = new TreeSet<>();
            for (JsonNode acl : acls(service)) {
                if (acl.at("/resource/type").asText().equals("group")
                        && acl.get("operations").toString().contains("\"Read\"")) {
                    joined.add(acl.at("/resource/name").asText());
                }
            }
            assertThat(joined).as(service).isEqualTo(groupsOf(service));
        }
    }

    private static Set<String> groupsOf(String service) {
        return switch (service) {
            // Reads job states without a group.
            case "gateway" -> Set.of();
            case "job-tracking", "webhooks" -> Set.of("galatea-" + service);
            default -> Set.of(Pipeline.current().definition(new Stage(service)).group());
        };
    }

    private JsonNode acls(String service) {
        return base.find("KafkaUser", "galatea-" + service).orElseThrow().at("/spec/authorization/acls");
    }

    @Test
    void shouldKnowEveryTopicOfTheCode() {
        Set<String> names = new TreeSet<>();
        base.of("KafkaTopic").map(Manifests::nameOf).forEach(names::add);
        Set<String> ours = new TreeSet<>(Set.of(EventType.DEAD_LETTER_TOPIC));
        for (EventType type : EventType.values()) {
            ours.add(type.topic());
        }

        assertThat(names).isEqualTo(ours);
    }
}
