package dev.galatea.examples.passthrough;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;

import dev.galatea.model.id.Sha256;

/** Puts a bundle beside pebble: the same model with an upscaler and an interpolator without weights. */
public final class FinishingBundle implements QuarkusTestResourceLifecycleManager {

    /** The name of the bundle. */
    static final String NAME = "pebble-finishing";

    private static final Path PEBBLE = Path.of("../../../models/pebble");
    private static final Path GRAPHS = Path.of("../../../services/finishing/src/test/resources/bundles/tiny");
    private static final Path MODELS = Path.of("target/models");

    private final ObjectMapper json = new ObjectMapper();

    @Override
    public Map<String, String> start() {
        try {
            copy("pebble");
            ObjectNode manifest = copy(NAME);
            manifest.put("name", NAME).put("format", "galatea-bundle/2");
            ObjectNode files = (ObjectNode) manifest.get("files");
            files.set("upscalerX2", graph("upscaler2.onnx"));
            files.set("interpolator", graph("interpolator.onnx"));
            json.writeValue(MODELS.resolve(NAME).resolve("bundle.json").toFile(), manifest);
            return Map.of("galatea.bundles.path", MODELS.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ObjectNode copy(String name) throws IOException {
        Path directory = Files.createDirectories(MODELS.resolve(name));
        ObjectNode manifest =
                (ObjectNode) json.readTree(PEBBLE.resolve("bundle.json").toFile());
        copy(PEBBLE.resolve("bundle.json"), directory);
        for (JsonNode file : manifest.get("files")) {
            if (file.hasNonNull("path")) {
                copy(PEBBLE.resolve(file.get("path").asText()), directory);
            }
        }
        return manifest;
    }

    private ObjectNode graph(String name) throws IOException {
        Path file = GRAPHS.resolve(name);
        copy(file, MODELS.resolve(NAME));
        byte[] bytes = Files.readAllBytes(file);
        return json.createObjectNode()
                .put("path", name)
                .put("sha256", Sha256.of(bytes).hex())
                .put("bytes", bytes.length);
    }

    private static void copy(Path file, Path directory) throws IOException {
        Files.copy(file, directory.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void stop() {
        // The next start replaces the files.
    }
}
