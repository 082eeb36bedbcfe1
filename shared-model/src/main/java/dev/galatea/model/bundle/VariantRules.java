package dev.galatea.model.bundle;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.galatea.model.bundle.BundleManifest.FileEntry;

/** Checks the variants of a manifest's files. */
final class VariantRules extends FieldChecks {

    private VariantRules(Path file) {
        super(file);
    }

    static void check(Path file, BundleManifest manifest) throws BundleException {
        VariantRules rules = new VariantRules(file);
        for (Map.Entry<String, FileEntry> entry : manifest.files().entrySet()) {
            rules.checkVariants(entry.getKey(), entry.getValue());
        }
    }

    private void checkVariants(String role, FileEntry entry) throws BundleException {
        String field = "files." + role + ".variants";
        List<FileVariant> variants = entry.variants();
        requireThat(
                field,
                variants.size() + " files",
                variants.isEmpty() || BundleVerifier.isModel(role, entry.place()),
                "none of what is no model");
        Set<ExecutionProvider> served = new HashSet<>();
        for (int i = 0; i < variants.size(); i++) {
            FileVariant variant = variants.get(i);
            String place = field + "[" + i + "]";
            checkFile(place, variant.entry());
            require(place + ".precision", variant.precision());
            checkProviders(place + ".providers", variant, served);
        }
    }

    /** @param served the providers of the variants before, to which those of this one are added */
    private void checkProviders(String field, FileVariant variant, Set<ExecutionProvider> served)
            throws BundleException {
        List<ExecutionProvider> providers = variant.providers();
        boolean distinct = new HashSet<>(providers).size() == providers.size();
        requireThat(
                field,
                variant.providerNames(),
                distinct && !providers.isEmpty(),
                "lists of different providers, one at least");
        List<ExecutionProvider> added = new ArrayList<>(providers);
        added.removeAll(served);
        requireThat(
                field,
                variant.providerNames(),
                !added.isEmpty(),
                "lists with a provider that no variant before it has");
        served.addAll(providers);
    }
}
