package dev.galatea.model.event;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.galatea.model.id.JobId;
import dev.galatea.model.pipeline.Pipeline;

import static org.assertj.core.api.Assertions.assertThat;

/** Holds {@code deploy/asyncapi.yaml} against the event types, the schemas and the headers that the code writes. */
class AsyncApiTest {

    private static final Path FILE = Path.of("../deploy/asyncapi.yaml");

    private static final Set<String> SERVICES = Stream.concat(
                    Stream.of("client", "gateway", "job-tracking", "webhooks"),
                    Pipeline.VIDEO.stages().stream()
                            .map(definition -> definition.stage().wireName()))
            .collect(Collectors.toSet());

    private final JsonNode document = read();

    @Test
    void shouldHaveAChannelPerEventTypeAndOneForDeadLetters() {
        Set<String> expected = EventType.values().stream().map(EventType::topic).collect(Collectors.toSet());
        expected.add(EventType.DEAD_LETTER_TOPIC);

        assertThat(document.get("channels"))
                .extracting(channel -> channel.get("address").textValue())
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void shouldResolveEveryReference() {
        requireResolvable(document);
    }

    @ParameterizedTest
    @MethodSource("dev.galatea.model.event.EventType#values")
    void shouldDescribeMessageByItsSchemaAndHeaders(EventType type) {
        JsonNode message = message(channel(type.topic()));

        assertThat(message.at("/payload/$ref").textValue()).endsWith("/" + type.schemaResource());
        assertThat(message.at("/headers/allOf/1/properties/ce_type/const").textValue())
                .isEqualTo(type.cloudEventsType());
        assertThat(message.at("/bindings/kafka/key/$ref").textValue()).endsWith("common.json#/$defs/JobId");
    }

    @Test
    void shouldListTheHeadersThatTheCodeWrites() {
        JsonNode headers = document.at("/components/schemas/cloudEventHeaders");
        CloudEvent event = new CloudEvent(
                EventIds.random(), "/test", java.time.Instant.EPOCH, PromptSubmitted.of(JobId.random(), "a red ball"));

        assertThat(names(headers.get("properties"))).isEqualTo(event.headers().keySet());
        assertThat(headers.at("/properties/ce_specversion/const").textValue()).isEqualTo(CloudEvent.SPEC_VERSION);
    }

    @Test
    void shouldListTheHeadersOfDeadLetters() {
        Failure failure = new Failure(FailureCause.POISON, "code", "message");

        Set<String> expected = new HashSet<>(
                DeadLetterHeaders.of("topic", 0, 0, failure, "service").keySet());
        expected.add(DeadLetterHeaders.CUT_FROM);
        expected.add(DeadLetterHeaders.SETTLES);
        expected.add(DeadLetterHeaders.SETTLEMENT);

        assertThat(names(document.at("/components/schemas/deadLetterHeaders/properties")))
                .isEqualTo(expected);
        String codes = document.at("/components/schemas/deadLetterHeaders/properties/dead-letter-code/description")
                .textValue();
        for (MalformedEventException.Reason reason : MalformedEventException.Reason.values()) {
            assertThat(codes).contains(reason.wireName());
        }
    }

    @Test
    void shouldBindEachChannelToItsTopic() {
        for (JsonNode channel : document.get("channels")) {
            JsonNode kafka = channel.at("/bindings/kafka");
            String address = channel.get("address").textValue();
            String policy = kafka.at("/topicConfiguration/cleanup.policy/0").textValue();

            assertThat(kafka.get("topic").textValue()).isEqualTo(address);
            boolean queue =
                    EventType.ofTopic(address).filter(Pipeline.VIDEO::isQueue).isPresent();
            assertThat(kafka.get("partitions").intValue())
                    .as("all others are joined by key: %s", address)
                    .isEqualTo(queue ? 1 : 4);
            assertThat(policy).as(address).isEqualTo(address.equals("video.jobs.v1") ? "compact" : "delete");
        }
    }

    @Test
    void shouldSayWhoSendsAndWhoReceives() {
        Set<String> sent = new HashSet<>();
        Set<String> received = new HashSet<>();
        document.get("operations").fields().forEachRemaining(entry -> {
            JsonNode operation = entry.getValue();
            assertThat(operation.get("x-galatea-service").textValue())
                    .as(entry.getKey())
                    .isIn(SERVICES);
            String channel = operation.at("/channel/$ref").textValue().replace("#/channels/", "");
            (operation.get("action").textValue().equals("send") ? sent : received).add(channel);
        });

        assertThat(sent).isEqualTo(names(document.get("channels")));
        Set<String> readByUs = names(document.get("channels"));
        readByUs.remove("deadLetter");
        assertThat(received).isEqualTo(readByUs);
    }

    private JsonNode channel(String topic) {
        for (JsonNode channel : document.get("channels")) {
            if (channel.get("address").textValue().equals(topic)) {
                return channel;
            }
        }
        throw new AssertionError("no channel for " + topic);
    }

    private JsonNode message(JsonNode channel) {
        JsonNode only = channel.get("messages").elements().next();
        return document.at(only.get("$ref").textValue().substring(1));
    }

    private void requireResolvable(JsonNode node) {
        JsonNode ref = node.get("$ref");
        if (ref != null && ref.textValue().startsWith("#")) {
            assertThat(document.at(ref.textValue().substring(1)).isMissingNode())
                    .as(ref.textValue())
                    .isFalse();
        } else if (ref != null) {
            Schemas.Located target = Schemas.resolve(FILE, ref.textValue());
            requireSchemaResolvable(target.file(), Schemas.read(target.file()));
        }
        node.forEach(this::requireResolvable);
    }

    private static void requireSchemaResolvable(Path file, JsonNode node) {
        if (node.has("$ref")) {
            Schemas.resolve(file, node.get("$ref").textValue());
        }
        node.forEach(child -> requireSchemaResolvable(file, child));
    }

    private static Set<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).collect(Collectors.toCollection(TreeSet::new));
    }

    private static JsonNode read() {
        try {
            return new YAMLMapper().readTree(FILE.toFile());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
