package dev.galatea.textconditioning;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.id.Sha256;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Writes bundles with text encoders; what this service never opens are placeholders. */
public final class BundleDirectory {

    private static final String MANIFEST = """
            {"format": "galatea-bundle/2", "name": "%s", "version": "1", "license": "Apache-2.0",
             "description": "Fixture of the text-conditioning service's tests.",
             "files": {%s},
             "text": %s,
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

    private final Path directory;
    private final Map<String, String> entries = new LinkedHashMap<>();
    private String text = "{}";

    private BundleDirectory(Path directory) {
        this.directory = directory;
    }

    /** A new bundle in a directory, which also gives its name. */
    public static BundleDirectory in(Path directory) throws IOException {
        Files.createDirectories(directory);
        byte[] placeholder = "not opened\n".getBytes(UTF_8);
        BundleDirectory bundle = new BundleDirectory(directory);
        return bundle.file("denoiser", "placeholder", placeholder).file("decoder", "placeholder", placeholder);
    }

    /** Adds a file of the directory. */
    public BundleDirectory file(String role, String path, byte[] content) throws IOException {
        Files.write(directory.resolve(path), content);
        return entry(role, "path", path, content);
    }

    /** Adds a resource of the class path. */
    public BundleDirectory resource(String role, String name, byte[] content) {
        return entry(role, "classpath", name, content);
    }

    /** Sets the manifest's text, a JSON object. */
    public BundleDirectory text(String json) {
        text = json;
        return this;
    }

    /** Writes the manifest. */
    public BundleDirectory write() throws IOException {
        String files = entries.entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\": " + entry.getValue())
                .collect(Collectors.joining(", "));
        Files.writeString(
                directory.resolve(BundleLoader.MANIFEST), MANIFEST.formatted(directory.getFileName(), files, text));
        return this;
    }

    /** Writes the manifest and loads the bundle; its class-path files go to {@code cache}. */
    public Bundle load(Path cache) throws IOException, BundleException {
        write();
        return new BundleLoader(cache).load(directory);
    }

    private BundleDirectory entry(String role, String kind, String name, byte[] content) {
        String entry = "{\"%s\": \"%s\", \"sha256\": \"%s\", \"bytes\": %d}"
                .formatted(kind, name, Sha256.of(content), content.length);
        entries.put(role, entry);
        return this;
    }
}
