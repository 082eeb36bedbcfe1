package dev.galatea.onnx;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import dev.galatea.bundles.BundleFiles;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest.FileEntry;
import dev.galatea.model.bundle.ChosenFile;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;

/**
 * The memory that a bundle's models take at least: their files, with external data. What a run needs comes on top.
 *
 * @param files bytes by the file's name
 */
record ModelSize(String bundle, Map<String, Long> files) {

    /** Nothing that counts. */
    static final ModelSize NONE = new ModelSize("", Map.of());

    private static final double BYTES_PER_MEBIBYTE = 1 << 20;

    ModelSize {
        files = new LinkedHashMap<>(files);
    }

    /**
     * The models of some roles, each by the file that is opened; one that the bundle does not have counts nothing.
     *
     * @param roles {@code previewDecoder}, too, which is the decoder by its own settings
     */
    static ModelSize of(OnnxConfig config, Bundle bundle, List<String> roles)
            throws PoisonException, RetryableException {
        Map<String, Long> files = new LinkedHashMap<>();
        for (String role : roles) {
            if (bundle.manifest().files().containsKey(RoleSettings.fileRole(role))) {
                ChosenFile model = RoleSettings.of(config, role).choose(bundle, role);
                add(files, model.entry());
                BundleFiles.externalData(bundle, model).values().forEach(data -> add(files, data));
            }
        }
        return new ModelSize(bundle.manifest().name(), files);
    }

    long total() {
        return files.values().stream().mapToLong(bytes -> bytes).sum();
    }

    /** A number of bytes for people. */
    static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / BYTES_PER_MEBIBYTE);
    }

    private static void add(Map<String, Long> files, FileEntry entry) {
        files.put(entry.place(), entry.bytes());
    }

    @Override
    public String toString() {
        String parts = files.entrySet().stream()
                .map(file -> file.getKey() + " " + mebibytes(file.getValue()))
                .collect(Collectors.joining(" + "));
        return "bundle '" + bundle + "' needs " + mebibytes(total()) + " (" + parts + ")";
    }
}
