package dev.galatea.standalone.models;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.ImageEmbeddings;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.onnx.GraphInterfaces;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.onnx.OnnxSignature;

/**
 * Looks for everything that keeps a bundle from working: its manifest, the length and digest of each file, external
 * data, and graphs that ONNX Runtime can't open or that have another interface than the manifest says. Thread-safe.
 */
public final class BundleCheck {

    private final BundleLoader loader;
    private final OnnxRuntime runtime;

    public BundleCheck(BundleLoader loader, OnnxRuntime runtime) {
        this.loader = loader;
        this.runtime = runtime;
    }

    /** The problems of the bundle in a directory, each with field, value and what is valid; none if it is sound. */
    public List<String> problems(Path directory) {
        Bundle bundle;
        try {
            bundle = loader.load(directory);
        } catch (BundleException e) {
            return List.of(e.getMessage());
        }
        List<String> problems = new ArrayList<>();
        for (String role : bundle.manifest().files().keySet()) {
            try {
                checkGraph(bundle.manifest(), role, bundle.file(role), problems);
            } catch (BundleException | PoisonException e) {
                problems.add(e.getMessage());
            }
        }
        return problems;
    }

    private void checkGraph(BundleManifest manifest, String role, Path file, List<String> problems)
            throws PoisonException {
        Optional<OnnxSignature> signature = GraphInterfaces.of(manifest, role);
        if (signature.isEmpty()) {
            return;
        }
        Map<String, List<Long>> dimensions = runtime.inspect(role, file, signature.get());
        long channels = manifest.latent().channels();
        compare(role, dimensions, "latents", 1, channels, "latent.channels", problems);
        compare(role, dimensions, "prediction", 1, channels, "latent.channels", problems);
        compare(role, dimensions, "context", 2, manifest.text().dim(), "text.dim", problems);
        String output = manifest.text().output();
        if (role.equals("textEncoder") && output != null) {
            compare(role, dimensions, output, 2, manifest.text().dim(), "text.dim", problems);
        }
        ImageEmbeddings embeddings = manifest.imageEmbeddings();
        if (embeddings != null) {
            String name = role.equals(ImageEmbeddings.ROLE) ? "embeddings" : "image_embeddings";
            compare(role, dimensions, name, 1, embeddings.tokens(), "imageEmbeddings.tokens", problems);
            compare(role, dimensions, name, 2, embeddings.dim(), "imageEmbeddings.dim", problems);
        }
    }

    /** A dimension that the graph fixes must be the manifest's. */
    private static void compare(
            String role,
            Map<String, List<Long>> dimensions,
            String name,
            int axis,
            long expected,
            String field,
            List<String> problems) {
        List<Long> actual = dimensions.getOrDefault(name, List.of());
        if (actual.size() > axis && actual.get(axis) >= 0 && actual.get(axis) != expected) {
            problems.add(role + ": dimension " + axis + " of '" + name + "' is " + actual.get(axis) + "; valid is "
                    + expected + ", the manifest's " + field);
        }
    }
}
