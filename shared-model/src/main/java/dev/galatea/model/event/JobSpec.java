package dev.galatea.model.event;

import java.util.function.Consumer;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.id.Sha256;

/**
 * A complete description of what is to be made: a submitted prompt with every default filled in and every value checked
 * against the bundle. The same spec gives the same frames on the same machine, whatever happens on the way.
 *
 * @param settings all of them are present, but for the reference and what is done with the decoded clip
 * @param bundle digest of the bundle's manifest, which pins every file of the model
 * @param pool the workers that the job is for; null for those of {@link Pool#DEFAULT}. Chosen by admission and by
 *     nobody else, and no part of what is made: digests leave it out
 * @param scale pixels of the clip, in each direction, per pixel of the picture that the denoiser works at; null for 1
 */
@RecordBuilder
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobSpec(
        String prompt,
        @JsonUnwrapped GenerationSettings settings,
        Sha256 bundle,
        @Nullable Pool pool,
        @Nullable Integer scale)
        implements JobSpecBuilder.With {

    public JobSpec {
        Fields.require("spec.prompt", prompt);
        Fields.require("spec.settings", settings);
        Fields.require("spec.negativePrompt", settings.negativePrompt());
        Fields.require("spec.model", settings.model());
        Fields.require("spec.bundle", bundle);
        Fields.requireAtLeast("spec.width", settings.width(), 1);
        Fields.requireAtLeast("spec.height", settings.height(), 1);
        Fields.requireAtLeast("spec.frames", settings.frames(), 1);
        Fields.requireAtLeast("spec.fps", settings.fps(), 1);
        Fields.requireAtLeast("spec.steps", settings.steps(), 1);
        Fields.requireAtLeast("spec.guidance", settings.guidance(), 0);
        if (scale != null) {
            requireScale(scale, settings);
        }
        Fields.require("spec.seed", settings.seed());
        Fields.require("spec.scheduler", settings.scheduler());
        if (settings.upscale() != null) {
            Fields.requireAtLeast("spec.upscale", settings.upscale(), 2);
        }
        if (settings.interpolateToFps() != null) {
            Fields.requireAtLeast(
                    "spec.interpolateToFps", settings.interpolateToFps(), Fields.present(settings.fps()) + 1);
        }
        pool = Pool.DEFAULT.equals(pool) ? null : pool;
    }

    /** A spec for the default pool, of a size that the denoiser works at. */
    public JobSpec(String prompt, GenerationSettings settings, Sha256 bundle) {
        this(prompt, settings, bundle, null, null);
    }

    /** The workers that the job is for. */
    public Pool poolOrDefault() {
        return pool == null ? Pool.DEFAULT : pool;
    }

    /** The workers that a job is for; the default ones as long as its spec is not known. */
    public static Pool poolOf(@Nullable JobSpec spec) {
        return spec == null ? Pool.DEFAULT : spec.poolOrDefault();
    }

    /** What is to be made, whoever makes it: the spec without its pool. For digests. */
    public JobSpec withoutPool() {
        return pool == null ? this : new JobSpec(prompt, settings, bundle, null, scale);
    }

    private static void requireScale(int scale, GenerationSettings settings) {
        Fields.requireAtLeast("spec.scale", scale, 1);
        int width = Fields.present(settings.width());
        int height = Fields.present(settings.height());
        if (width % scale != 0 || height % scale != 0) {
            throw new IllegalArgumentException(
                    "spec.scale: is " + scale + ", which does not divide " + width + "x" + height);
        }
    }

    /** The same spec with some settings changed. */
    public JobSpec withSettings(Consumer<GenerationSettingsBuilder> change) {
        return withSettings(settings.with(change));
    }

    /** Returns the text of things that the clip should not show; may be empty. */
    public String negativePrompt() {
        return Fields.present(settings.negativePrompt());
    }

    /** The bundle's name. */
    public String model() {
        return Fields.present(settings.model());
    }

    /** Width of the clip in pixels. */
    public int width() {
        return Fields.present(settings.width());
    }

    /** Height of the clip in pixels. */
    public int height() {
        return Fields.present(settings.height());
    }

    /** Pixels of the clip, in each direction, per pixel of the picture that the denoiser works at. */
    public int scaleOrOne() {
        return scale == null ? 1 : scale;
    }

    /** Width in pixels of the picture that the denoiser works at. */
    public int denoisedWidth() {
        return width() / scaleOrOne();
    }

    /** Height in pixels of the picture that the denoiser works at. */
    public int denoisedHeight() {
        return height() / scaleOrOne();
    }

    /** Returns the frames to generate; for an extension, they include those shared with the clip that it continues. */
    public int frames() {
        return Fields.present(settings.frames());
    }

    /** Frames per second of the clip. */
    public int fps() {
        return Fields.present(settings.fps());
    }

    /** Denoising steps. */
    public int steps() {
        return Fields.present(settings.steps());
    }

    /** Classifier-free guidance scale; 1 and below switch guidance off. */
    public double guidance() {
        return Fields.present(settings.guidance());
    }

    /** Seed of the noise. */
    public long seed() {
        return Fields.present(settings.seed());
    }

    /** The sampler's name, as in the bundle's manifest. */
    public String scheduler() {
        return Fields.present(settings.scheduler());
    }

    /** True if more is made of the decoded clip: larger frames, or more of them per second. */
    public boolean asksForFinishing() {
        return settings.upscale() != null || settings.interpolateToFps() != null;
    }

    /** How many times as wide and high as the decoded clip the finished one is. */
    public int upscaleOrOne() {
        Integer upscale = settings.upscale();
        return upscale == null ? 1 : upscale;
    }

    /** Frames per second of the finished clip. */
    public int finishedFps() {
        Integer interpolated = settings.interpolateToFps();
        return interpolated == null ? fps() : interpolated;
    }

    /**
     * The number of frames that a decoded clip's become; the clip lasts as long as before, to half a frame.
     *
     * @param frames of the decoded clip
     */
    public int finishedFrames(int frames) {
        return Math.toIntExact(Math.round((double) frames * finishedFps() / fps()));
    }

    /** The image or video that the clip starts from; null for text only. */
    public @Nullable ReferenceMedia reference() {
        return settings.reference();
    }
}
