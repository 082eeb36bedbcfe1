package dev.galatea.standalone.models;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.ChosenFile;
import dev.galatea.model.bundle.ExecutionProvider;
import dev.galatea.model.bundle.FileVariant;
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
            checkRole(bundle, role, problems);
        }
        return problems;
    }

    /** Checks a role's own file and its variants, which must have the same inputs and outputs. */
    private void checkRole(Bundle bundle, String role, List<String> problems) {
        Set<String> own = Set.of();
        for (ChosenFile file : ChosenFile.all(bundle.manifest(), role)) {
            try {
                Set<String> names = checkGraph(bundle, file, problems);
                if (file.variant() == null) {
                    own = names;
                } else if (!own.isEmpty() && !names.equals(own)) {
                    problems.add(file.label() + ": inputs and outputs are " + names + "; valid are " + own
                            + ", those of files." + role);
                }
            } catch (BundleException e) {
                problems.add(e.getMessage());
            } catch (PoisonException e) {
                if (!isForOtherMachines(file) || !OnnxRuntime.lacksKernel(e)) {
                    problems.add(e.getMessage());
                }
            }
        }
    }

    /** A variant that is not for the CPU may be in numbers that the CPU has no kernels for. */
    private static boolean isForOtherMachines(ChosenFile file) {
        FileVariant variant = file.variant();
        return variant != null && !variant.providers().contains(ExecutionProvider.CPU);
    }

    /** The names of a graph's inputs and outputs, sorted; none of what is no graph. */
    private Set<String> checkGraph(Bundle bundle, ChosenFile file, List<String> problems)
            throws BundleException, PoisonException {
        Path path = bundle.file(file);
        BundleManifest manifest = bundle.manifest();
        Optional<OnnxSignature> signature = GraphInterfaces.of(manifest, file.role());
        if (signature.isEmpty()) {
            return Set.of();
        }
        Map<String, List<Long>> dimensions = runtime.inspect(file, path, signature.get());
        checkDimensions(manifest, file, dimensions, problems);
        return new TreeSet<>(dimensions.keySet());
    }

    private static void checkDimensions(
            BundleManifest manifest, ChosenFile file, Map<String, List<Long>> dimensions, List<String> problems) {
        String label = file.label();
        long channels = manifest.latent().channels();
        compare(label, dimensions, "latents", 1, channels, "latent.channels", problems);
        compare(label, dimensions, "prediction", 1, channels, "latent.channels", problems);
        compare(label, dimensions, "context", 2, manifest.text().dim(), "text.dim", problems);
        String output = manifest.text().output();
        if (file.role().equals("textEncoder") && output != null) {
            compare(label, dimensions, output, 2, manifest.text().dim(), "text.dim", problems);
        }
        ImageEmbeddings embeddings = manifest.imageEmbeddings();
        if (embeddings != null) {
            String name = file.role().equals(ImageEmbeddings.ROLE) ? "embeddings" : "image_embeddings";
            compare(label, dimensions, name, 1, embeddings.tokens(), "imageEmbeddings.tokens", problems);
            compare(label, dimensions, name, 2, embeddings.dim(), "imageEmbeddings.dim", problems);
        }
    }

    /** A dimension that the graph fixes must be the manifest's. */
    private static void compare(
            String label,
            Map<String, List<Long>> dimensions,
            String name,
            int axis,
            long expected,
            String field,
            List<String> problems) {
        List<Long> actual = dimensions.getOrDefault(name, List.of());
        if (actual.size() > axis && actual.get(axis) >= 0 && actual.get(axis) != expected) {
            problems.add(label + ": dimension " + axis + " of '" + name + "' is " + actual.get(axis) + "; valid is "
                    + expected + ", the manifest's " + field);
        }
    }
}
