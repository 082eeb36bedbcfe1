package dev.galatea.onnx;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

import dev.galatea.bundles.BundleFiles;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest.FileEntry;
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

    /** The models of some roles; one that the bundle does not have counts nothing. */
    static ModelSize of(Bundle bundle, List<String> roles) throws PoisonException, RetryableException {
        Map<String, Long> files = new LinkedHashMap<>();
        for (String role : roles) {
            FileEntry model = bundle.manifest().files().get(role);
            if (model != null) {
                add(files, model);
                BundleFiles.externalData(bundle, role).values().forEach(data -> add(files, data));
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
        String name = entry.path() != null ? entry.path() : Objects.requireNonNull(entry.classpath());
        files.put(name, entry.bytes());
    }

    @Override
    public String toString() {
        String parts = files.entrySet().stream()
                .map(file -> file.getKey() + " " + mebibytes(file.getValue()))
                .collect(Collectors.joining(" + "));
        return "bundle '" + bundle + "' needs " + mebibytes(total()) + " (" + parts + ")";
    }
}
