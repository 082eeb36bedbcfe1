package dev.galatea.textconditioning;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;

import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.id.Sha256;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A bundle with the text encoder of Maven Central; its other files are placeholders that this service never opens. */
public final class TestBundle implements QuarkusTestResourceLifecycleManager {

    private static final String MANIFEST = """
            {"format": "galatea-bundle/1", "name": "words", "version": "1", "license": "Apache-2.0",
             "description": "Fixture of the text-conditioning service's tests.",
             "files": {"denoiser": %1$s, "decoder": %1$s, "textEncoder": %2$s, "tokenizer": %3$s},
             "text": {"maxTokens": 32, "dim": 384},
             "latent": {"channels": 1, "spatialCompression": 8, "temporalCompression": 4, "causalFirstFrame": false,
                        "patch": 2, "mean": [0.0], "std": [1.0]},
             "prediction": "flow",
             "scheduler": {"name": "flow-match-euler", "shift": 1.0, "trainTimesteps": 1000},
             "defaults": {"width": 64, "height": 64, "frames": 8, "steps": 4, "guidance": 1.0, "negativePrompt": ""},
             "fps": 8,
             "limits": {"minWidth": 16, "maxWidth": 256, "minHeight": 16, "maxHeight": 256, "sizeMultiple": 16,
                        "minFrames": 4, "maxFrames": 64, "maxSteps": 100, "maxGuidance": 20.0, "maxPromptChars": 1000},
             "decoding": {"tileLatentFrames": 4, "tileLatentHeight": 8, "tileLatentWidth": 8,
                          "overlapLatentFrames": 1, "overlapLatentHeight": 2, "overlapLatentWidth": 2}}
            """;
    private static final String DIRECTORY = "target/test-bundles";

    @Override
    public Map<String, String> start() {
        try {
            Path directory = Files.createDirectories(Path.of(DIRECTORY, "words"));
            byte[] placeholder = "not opened\n".getBytes(UTF_8);
            Files.write(directory.resolve("placeholder"), placeholder);
            String manifest = MANIFEST.formatted(
                    entry("path", "placeholder", placeholder),
                    entry("classpath", "all-minilm-l6-v2.onnx", resource("all-minilm-l6-v2.onnx")),
                    entry("classpath", "all-minilm-l6-v2-tokenizer.json", resource("all-minilm-l6-v2-tokenizer.json")));
            Files.writeString(directory.resolve(BundleLoader.MANIFEST), manifest);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.of(
                "galatea.bundles.path",
                DIRECTORY,
                "galatea.bundles.default-name",
                "words",
                "galatea.text-conditioning.verify-every",
                "0s");
    }

    /** The digest that specs name. */
    static Sha256 digest() throws BundleException {
        return new BundleLoader(Path.of("target/bundle-files"))
                .load(Path.of(DIRECTORY, "words"))
                .digest();
    }

    private static String entry(String kind, String name, byte[] content) {
        return "{\"%s\": \"%s\", \"sha256\": \"%s\", \"bytes\": %d}"
                .formatted(kind, name, Sha256.of(content), content.length);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = TestBundle.class.getResourceAsStream("/" + name)) {
            if (in == null) {
                throw new IOException(name + " is not on the class path");
            }
            return in.readAllBytes();
        }
    }

    @Override
    public void stop() {}
}
