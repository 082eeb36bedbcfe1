package dev.galatea.model.bundle;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.BundleManifest.FileEntry;
import dev.galatea.model.id.Sha256;

/**
 * Another file of a model, with the same inputs and outputs, for workers that run it on one of some providers.
 *
 * @param providers the providers that it is for
 * @param path relative to the bundle's directory
 * @param classpath name of a class-path resource
 * @param precision the numbers that it computes with
 */
public record FileVariant(
        List<ExecutionProvider> providers,
        @Nullable String path,
        @Nullable String classpath,
        Sha256 sha256,
        long bytes,
        Precision precision) {

    public FileVariant {
        providers = providers == null ? List.of() : List.copyOf(providers);
    }

    /** The file alone. */
    public FileEntry entry() {
        return new FileEntry(path, classpath, sha256, bytes);
    }

    /** The names of the providers. */
    public List<String> providerNames() {
        return providers.stream().map(ExecutionProvider::wireName).toList();
    }
}
