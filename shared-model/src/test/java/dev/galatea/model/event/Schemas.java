package dev.galatea.model.event;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The schema files as the tests see them: raw, with references followed, and as validators. */
final class Schemas {

    static final Path DIRECTORY = Path.of("src/main/resources/schema");

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

    private Schemas() {}

    /** A place in a schema file; {@code node} is what stands there. */
    record Located(Path file, JsonNode node) {

        Located at(String pointer) {
            return new Located(file, node.at(pointer));
        }

        /** Resolves the reference; returns this schema if it is none. */
        Located followed() {
            JsonNode ref = node.get("$ref");
            return ref == null ? this : resolve(file, ref.textValue()).followed();
        }
    }

    /** Resolves a reference of {@code file}; fails if it points at nothing. */
    static Located resolve(Path file, String ref) {
        String[] parts = ref.split("#", 2);
        Path target = parts[0].isEmpty() ? file : file.resolveSibling(parts[0]);
        JsonNode node = parts.length == 1 ? read(target) : read(target).at(parts[1]);
        if (node.isMissingNode()) {
            throw new AssertionError(file + ": " + ref + " points at nothing");
        }
        return new Located(target, node);
    }

    static Located of(EventType type) {
        Path file = DIRECTORY.resolve(type.topic() + ".json");
        return new Located(file, read(file));
    }

    static List<Path> files() {
        return list(DIRECTORY);
    }

    static List<Path> examples(EventType type) {
        return list(DIRECTORY.resolve("examples").resolve(type.topic()));
    }

    /** Validates against the file on the class path, as a stranger's validator would. */
    static List<String> problems(EventType type, byte[] payload) {
        Schema schema = REGISTRY.getSchema(SchemaLocation.of("classpath:" + type.schemaResource()));
        List<String> problems = new ArrayList<>();
        for (Error error : schema.validate(new String(payload, UTF_8), InputFormat.JSON)) {
            problems.add(error.toString());
        }
        return problems;
    }

    static JsonNode read(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> list(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
