package dev.galatea.standalone.models;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.api.Capabilities;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.BundleManifest.FileEntry;
import dev.galatea.model.bundle.BundleManifest.GuidanceInterval;
import dev.galatea.model.bundle.ChosenFile;
import dev.galatea.model.bundle.FileVariant;
import dev.galatea.model.bundle.ModelMemory;

/**
 * A bundle in the words of {@code GET /v1/capabilities}, and what is known of its files besides.
 *
 * @param isDefault whether prompts that name no model get this one
 * @param guidanceInterval the noise levels with guidance, as {@code [lowest, highest]}
 * @param weightBytes bytes of weights by the graph that they belong to, as its own file has them
 * @param totalWeightBytes what a process holds that opens all graphs
 */
public record ModelDescription(
        @JsonUnwrapped Capabilities.Model model,
        @JsonProperty("default") boolean isDefault,
        String prediction,
        @JsonProperty("guidance_interval") List<Double> guidanceInterval,
        @JsonProperty("weight_bytes") Map<String, Long> weightBytes,
        @JsonProperty("total_weight_bytes") long totalWeightBytes,
        List<File> files) {

    /**
     * A file of the bundle.
     *
     * @param path in the bundle's directory
     * @param classpath name of a resource, for a file that is not in the directory
     * @param providers the providers that a variant is for; null for a role's own file, which is for all others
     * @param precision the numbers that a variant computes with; null for a role's own file
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record File(
            String role,
            @Nullable String path,
            @Nullable String classpath,
            long bytes,
            String sha256,
            @Nullable List<String> providers,
            @Nullable String precision) {

        static File of(ChosenFile file) {
            FileEntry entry = file.entry();
            FileVariant variant = file.variant();
            return new File(
                    file.role(),
                    entry.path(),
                    entry.classpath(),
                    entry.bytes(),
                    entry.sha256().hex(),
                    variant == null ? null : variant.providerNames(),
                    variant == null ? null : variant.precision().wireName());
        }

        /** Where the bytes are, and what a variant is for, for people. */
        public String place() {
            String place = path != null ? path : "class path: " + classpath;
            return providers == null
                    ? place
                    : place + " (variant for " + String.join(", ", providers) + ": " + precision + ")";
        }
    }

    /** Describes a bundle. */
    public static ModelDescription of(Bundle bundle, String defaultName) {
        BundleManifest manifest = bundle.manifest();
        ModelMemory memory = ModelMemory.of(manifest);
        GuidanceInterval guidance = manifest.guidanceInterval();
        return new ModelDescription(
                Capabilities.Model.of(bundle),
                manifest.name().equals(defaultName),
                manifest.prediction().wireName(),
                List.of(guidance.lowest(), guidance.highest()),
                memory.weightBytes(),
                memory.sum(),
                ChosenFile.all(manifest).stream().map(File::of).toList());
    }
}
