package dev.galatea.model.bundle;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.BundleManifest.FileEntry;

/**
 * The bytes of weights that each graph of a bundle brings into a process that opens it, as the manifest alone tells
 * them: the graph's own file and the files of its external data. What a run needs besides, for activations and states,
 * depends on the clip and is not in it.
 *
 * <p>A file belongs to the graph whose role its own begins with ({@code denoiserData} to {@code denoiser}; of several
 * the longest), or else whose path its own begins with ({@code denoiser.onnx.data} to {@code denoiser.onnx}). One that
 * belongs to no graph is counted under its own role, but for the tokenizer. Variants, and files whose path begins with
 * that of a variant, are not counted: they take the place of what is.
 *
 * @param weightBytes by role, in the manifest's order
 */
public record ModelMemory(Map<String, Long> weightBytes) {

    private static final String TOKENIZER = "tokenizer";

    public ModelMemory {
        weightBytes = Collections.unmodifiableMap(new LinkedHashMap<>(weightBytes));
    }

    /** The weights of a bundle. */
    public static ModelMemory of(BundleManifest manifest) {
        Map<String, Long> bytes = new LinkedHashMap<>();
        manifest.files().forEach((role, entry) -> {
            if (isGraph(role, entry)) {
                bytes.merge(role, entry.bytes(), Long::sum);
            }
        });
        manifest.files().forEach((role, entry) -> {
            if (!isGraph(role, entry) && !role.equals(TOKENIZER) && !isOfVariant(entry, manifest)) {
                bytes.merge(graphOf(role, entry, manifest).orElse(role), entry.bytes(), Long::sum);
            }
        });
        return new ModelMemory(bytes);
    }

    /** All weights together: what a process needs that opens every graph. */
    public long sum() {
        return weightBytes.values().stream().mapToLong(Long::longValue).sum();
    }

    private static Optional<String> graphOf(String role, FileEntry entry, BundleManifest manifest) {
        String byRole = null;
        String byPath = null;
        for (Map.Entry<String, FileEntry> graph : manifest.files().entrySet()) {
            if (isGraph(graph.getKey(), graph.getValue())) {
                byRole = longer(byRole, graph.getKey(), role.startsWith(graph.getKey()));
                byPath = longer(
                        byPath,
                        graph.getKey(),
                        continues(entry.path(), graph.getValue().path()));
            }
        }
        return Optional.ofNullable(byRole == null ? byPath : byRole);
    }

    private static boolean isOfVariant(FileEntry data, BundleManifest manifest) {
        return manifest.files().values().stream()
                .flatMap(entry -> entry.variants().stream())
                .anyMatch(variant -> continues(data.path(), variant.path()));
    }

    private static @Nullable String longer(@Nullable String best, String role, boolean matches) {
        return matches && (best == null || role.length() > best.length()) ? role : best;
    }

    private static boolean continues(@Nullable String path, @Nullable String graph) {
        return path != null && graph != null && path.startsWith(graph);
    }

    private static boolean isGraph(String role, FileEntry entry) {
        return BundleVerifier.isModel(role, entry.place());
    }
}
