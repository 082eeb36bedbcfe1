package dev.galatea.testsupport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.id.Sha256;

/** Gives bundles in directories variants of their models. */
public final class BundleVariants {

    private static final ObjectMapper JSON = new ObjectMapper();

    private BundleVariants() {}

    /**
     * Writes a file, and lists it after the variants that a role's model has.
     *
     * @param path in the bundle's directory
     * @param providers the names of those that it is for
     */
    public static void add(Path bundle, String role, String path, byte[] content, String precision, String... providers)
            throws IOException {
        Files.write(bundle.resolve(path), content);
        Path file = bundle.resolve(BundleLoader.MANIFEST);
        ObjectNode manifest = (ObjectNode) JSON.readTree(file.toFile());
        manifest.put("format", BundleManifest.FORMAT);
        ObjectNode variant = manifest.withObject("/files/" + role)
                .withArray("variants")
                .addObject()
                .put("path", path)
                .put("sha256", Sha256.of(content).hex())
                .put("bytes", content.length)
                .put("precision", precision);
        ArrayNode names = variant.putArray("providers");
        for (String provider : providers) {
            names.add(provider);
        }
        JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), manifest);
    }
}
