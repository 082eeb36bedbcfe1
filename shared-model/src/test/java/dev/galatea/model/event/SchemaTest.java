package dev.galatea.model.event;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Every event type has a schema, and its examples are what the schema and the codec both take. */
class SchemaTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    static Stream<Arguments> examples() {
        return EventType.values().stream()
                .flatMap(type -> Schemas.examples(type).stream().map(file -> arguments(type, file)));
    }

    @Test
    void shouldHaveOneFilePerEventType() {
        Set<String> expected =
                EventType.values().stream().map(type -> type.topic() + ".json").collect(Collectors.toSet());
        expected.add("common.json");

        assertThat(Schemas.files())
                .extracting(file -> file.getFileName().toString())
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @ParameterizedTest
    @MethodSource("dev.galatea.model.event.EventType#values")
    void shouldLieOnTheClassPathWithExamples(EventType type) {
        assertThat(getClass().getClassLoader().getResource(type.schemaResource()))
                .isNotNull();
        assertThat(Schemas.examples(type)).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldAcceptExample(EventType type, Path example) {
        assertThat(Schemas.problems(type, Schemas.bytes(example))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldAcceptWhatTheCodecMakesOfExample(EventType type, Path example) throws Exception {
        Event event = EventCodec.read(type.record(), Schemas.bytes(example));

        byte[] written = EventCodec.write(event);
        assertThat(Schemas.problems(type, written)).isEmpty();
        assertThat(JSON.readTree(written)).isEqualTo(Schemas.read(example));
        assertThat(EventCodec.read(type.record(), written)).isEqualTo(event);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldIgnoreUnknownFields(EventType type, Path example) throws Exception {
        Event event = EventCodec.read(type.record(), Schemas.bytes(example));
        byte[] extended = JSON.writeValueAsBytes(withUnknownFields(Schemas.read(example)));

        assertThat(Schemas.problems(type, extended)).isEmpty();
        assertThat(EventCodec.read(type.record(), extended)).isEqualTo(event);
    }

    @ParameterizedTest
    @MethodSource("dev.galatea.model.event.EventType#values")
    void shouldRefuse_whenRequiredFieldIsMissing(EventType type) throws IOException {
        Path example = Schemas.examples(type).get(0);
        for (JsonNode field : Schemas.of(type).node().get("required")) {
            ObjectNode without = (ObjectNode) Schemas.read(example);
            without.remove(field.textValue());

            byte[] payload = JSON.writeValueAsBytes(without);
            assertThat(Schemas.problems(type, payload)).as(field.textValue()).isNotEmpty();
            assertThat(catchMalformed(type, payload)).as(field.textValue()).isNotNull();
        }
    }

    static Stream<Path> files() {
        return Schemas.files().stream();
    }

    @ParameterizedTest
    @MethodSource("files")
    void shouldSayWhatEveryFieldMeansAndWhatChanged(Path file) {
        JsonNode schema = Schemas.read(file);

        assertThat(schema.path("$schema").asText()).isEqualTo("https://json-schema.org/draft/2020-12/schema");
        assertThat(schema.path("x-history").isArray()).isTrue();
        for (int version = 1; version <= schema.get("x-history").size(); version++) {
            assertThat(schema.get("x-history").get(version - 1).asText()).startsWith(version + ": ");
        }
        requireDescriptions(
                new Schemas.Located(file, schema), file.getFileName().toString());
    }

    /** Generators of code take names from titles, and tools find a schema by its id. */
    @ParameterizedTest
    @MethodSource("files")
    void shouldHaveAnIdAndTitles_forGeneratedCode(Path file) {
        JsonNode schema = Schemas.read(file);
        List<String> titles = new ArrayList<>();
        collectTitles(schema, file.getFileName().toString(), titles);

        assertThat(schema.path("$id").asText()).isEqualTo(file.getFileName().toString());
        assertThat(titles).isNotEmpty().doesNotHaveDuplicates();
    }

    private static void collectTitles(JsonNode node, String path, List<String> titles) {
        boolean isNamed = node.path("type").asText().equals("object") || node.has("enum") || node.has("oneOf");
        if (isNamed) {
            assertThat(node.path("title").asText()).as(path + " has a title").isNotBlank();
            titles.add(node.path("title").asText());
        }
        node.fields().forEachRemaining(child -> collectTitles(child.getValue(), path + "/" + child.getKey(), titles));
    }

    private static void requireDescriptions(Schemas.Located schema, String path) {
        assertThat(schema.node()
                        .path("description")
                        .asText(schema.followed().node().path("description").asText()))
                .as(path + " has a description")
                .isNotBlank();
        for (String children : List.of("properties", "$defs")) {
            schema.node()
                    .path(children)
                    .fields()
                    .forEachRemaining(child -> requireDescriptions(
                            new Schemas.Located(schema.file(), child.getValue()), path + "/" + child.getKey()));
        }
        assertThat(schema.node().path("additionalProperties").asBoolean(true))
                .as(path + " is open")
                .isTrue();
    }

    /** Adds a field to each object, however deep. */
    private static JsonNode withUnknownFields(JsonNode node) {
        node.forEach(SchemaTest::withUnknownFields);
        if (node instanceof ObjectNode object) {
            object.put("addedLater", 1);
        }
        return node;
    }

    private static MalformedEventException catchMalformed(EventType type, byte[] payload) {
        try {
            EventCodec.read(type.record(), payload);
            return null;
        } catch (MalformedEventException e) {
            return e;
        }
    }
}
