package dev.galatea.model.bundle;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.BundleManifest.FileEntry;

/**
 * The file that serves a role: its own, or one of its variants.
 *
 * @param field its place in the manifest, for messages: {@code files.decoder}, {@code files.decoder.variants[0]}
 * @param variant null for the role's own file
 */
public record ChosenFile(
        String role,
        String field,
        FileEntry entry,
        @Nullable FileVariant variant) {

    /** The role's own file; a bundle without the role is refused. */
    static ChosenFile own(BundleManifest manifest, String role) {
        return new ChosenFile(role, "files." + role, manifest.file(role), null);
    }

    /** The first variant for a provider, or else the role's own file; a bundle without the role is refused. */
    static ChosenFile of(BundleManifest manifest, String role, ExecutionProvider provider) {
        return variants(manifest, role)
                .filter(file -> file.variant != null && file.variant.providers().contains(provider))
                .findFirst()
                .orElseGet(() -> own(manifest, role));
    }

    /** The role's own file and all of its variants. */
    public static List<ChosenFile> all(BundleManifest manifest, String role) {
        return Stream.concat(Stream.of(own(manifest, role)), variants(manifest, role))
                .toList();
    }

    /** All files of a bundle with all variants. */
    public static List<ChosenFile> all(BundleManifest manifest) {
        return manifest.files().keySet().stream()
                .flatMap(role -> all(manifest, role).stream())
                .toList();
    }

    private static Stream<ChosenFile> variants(BundleManifest manifest, String role) {
        List<FileVariant> variants = manifest.file(role).variants();
        return IntStream.range(0, variants.size())
                .mapToObj(i -> new ChosenFile(
                        role,
                        "files." + role + ".variants[" + i + "]",
                        variants.get(i).entry(),
                        variants.get(i)));
    }

    /** The role, and of a variant the file, too: what messages call a model. */
    public String label() {
        return label(role);
    }

    /**
     * What messages call a model.
     *
     * @param use what it is opened for, if that is not its role
     */
    public String label(String use) {
        return variant == null ? use : use + " (" + field + ", " + entry.place() + ")";
    }
}
