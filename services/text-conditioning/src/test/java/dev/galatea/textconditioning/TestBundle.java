package dev.galatea.textconditioning;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;

import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.id.Sha256;

/** A bundle with the text encoder of Maven Central; its other files are placeholders that this service never opens. */
public final class TestBundle implements QuarkusTestResourceLifecycleManager {

    private static final String DIRECTORY = "target/test-bundles";

    @Override
    public Map<String, String> start() {
        try {
            BundleDirectory.in(Path.of(DIRECTORY, "words"))
                    .resource("textEncoder", "all-minilm-l6-v2.onnx", resource("all-minilm-l6-v2.onnx"))
                    .resource(
                            "tokenizer", "all-minilm-l6-v2-tokenizer.json", resource("all-minilm-l6-v2-tokenizer.json"))
                    .text("{\"maxTokens\": 32, \"dim\": 384}")
                    .write();
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
