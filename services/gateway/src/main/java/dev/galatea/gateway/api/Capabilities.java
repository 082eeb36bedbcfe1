package dev.galatea.gateway.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.Grid;
import dev.galatea.model.bundle.PictureSizes;
import dev.galatea.model.bundle.SchedulerConfig;
import dev.galatea.model.event.ReferenceMedia.Role;

/**
 * The capabilities of this service.
 *
 * @param maxVideosPerRequest greatest {@code n}
 * @param maxOpenVideos number of unfinished videos from which on submissions are answered with 429
 * @param maxPixelSteps greatest frames × width × height × steps of one video, for any model
 * @param variants the variants that {@code content} serves
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Capabilities(
        List<Model> models,
        int maxVideosPerRequest,
        int maxOpenVideos,
        int maxBodyBytes,
        int maxUploadBytes,
        long maxPixelSteps,
        List<String> variants,
        Features features) {

    /** The features that are offered. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Features(
            boolean cancel,
            boolean remix,
            boolean idempotencyKey,
            boolean serverSentEvents,
            boolean previews,
            boolean inputReference,
            boolean edits,
            boolean extensions) {}

    /**
     * A model and its limits.
     *
     * @param digest of the manifest, which pins every file of the model
     * @param schedulerSteps the one number of steps of each scheduler that lists its noise levels, by its name; the
     *     others go any number within the limits
     * @param references the kinds of media that a clip can be made from, such as {@code first_frame}
     * @param referenceRequired true if the model makes no clip of text alone
     * @param addedFrames numbers of frames that an extension can add at once; absent if the model makes none
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Model(
            String id,
            String version,
            String description,
            String license,
            String digest,
            int fps,
            List<String> schedulers,
            Map<String, Integer> schedulerSteps,
            List<String> references,
            boolean referenceRequired,
            @Nullable Range addedFrames,
            Defaults defaults,
            Limits limits) {

        /** Describes a bundle. */
        public static Model of(Bundle bundle) {
            BundleManifest manifest = bundle.manifest();
            BundleManifest.Defaults defaults = manifest.defaults();
            String negative = defaults.negativePrompt();
            return new Model(
                    manifest.name(),
                    manifest.version(),
                    manifest.description(),
                    manifest.license(),
                    bundle.digest().hex(),
                    manifest.fps(),
                    manifest.schedulers().stream().map(SchedulerConfig::name).toList(),
                    Capabilities.schedulerSteps(manifest),
                    manifest.references(),
                    manifest.referenceRequired(),
                    Capabilities.addedFrames(manifest),
                    new Defaults(
                            defaults.width(),
                            defaults.height(),
                            defaults.frames(),
                            defaults.steps(),
                            defaults.guidance(),
                            negative == null ? "" : negative),
                    Capabilities.limits(manifest));
        }
    }

    /** The settings of a request that says nothing else. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Defaults(
            int width, int height, int numFrames, int numInferenceSteps, double guidanceScale, String negativePrompt) {}

    /**
     * Whole numbers from {@code min} to {@code max} in steps.
     *
     * @param step the valid ones are those of {@code min} and a multiple of it
     */
    public record Range(int min, int max, int step) {}

    /**
     * The limits of what is accepted.
     *
     * @param maxInterpolatedFps greatest valid {@code interpolate_to_fps}; the model's own rate if there is none
     * @param maxPromptTokens tokens that the model reads of a prompt, those that its tokenizer puts in among them;
     *     longer ones are accepted with a warning
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Limits(
            Range width,
            Range height,
            List<Integer> scales,
            int maxInterpolatedFps,
            Range numFrames,
            Range numInferenceSteps,
            double maxGuidanceScale,
            int maxPromptChars,
            int maxPromptTokens) {}

    static Capabilities of(List<Bundle> bundles, GatewayConfig config, long maxPixelSteps) {
        return new Capabilities(
                bundles.stream().map(Model::of).toList(),
                config.maxVideosPerRequest(),
                config.maxOpenJobs(),
                config.maxBodyBytes(),
                config.maxUploadBytes(),
                maxPixelSteps,
                Variant.names(),
                new Features(
                        true,
                        true,
                        true,
                        true,
                        true,
                        takes(bundles, Role.FIRST_FRAME),
                        takes(bundles, Role.VIDEO),
                        takes(bundles, Role.EXTENSION)));
    }

    private static boolean takes(List<Bundle> bundles, Role role) {
        return bundles.stream()
                .anyMatch(bundle -> bundle.manifest().references().contains(role.wireName()));
    }

    private static @Nullable Range addedFrames(BundleManifest manifest) {
        return manifest.references().contains(Role.EXTENSION.wireName())
                ? manifest.extensions().map(Capabilities::range).orElse(null)
                : null;
    }

    private static Map<String, Integer> schedulerSteps(BundleManifest manifest) {
        Map<String, Integer> steps = new LinkedHashMap<>();
        manifest.schedulers()
                .forEach(scheduler -> scheduler.fixedSteps().ifPresent(fixed -> steps.put(scheduler.name(), fixed)));
        return steps;
    }

    private static Limits limits(BundleManifest manifest) {
        BundleManifest.Limits limits = manifest.limits();
        PictureSizes sizes = manifest.pictureSizes();
        return new Limits(
                range(sizes.widths()),
                range(sizes.heights()),
                sizes.scales(),
                manifest.interpolatedFps().map(Grid::highest).orElse(manifest.fps()),
                range(manifest.lengths()),
                range(manifest.stepCounts()),
                limits.maxGuidance(),
                limits.maxPromptChars(),
                manifest.text().maxTokens());
    }

    private static Range range(Grid grid) {
        return new Range(grid.lowest(), grid.highest(), grid.step());
    }
}
