package dev.galatea.model.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a generation. In a {@link PromptSubmitted} each of them may be absent, and holds the client's value
 * as it came, valid or not; in a {@link JobSpec} all but the last three are present, and all valid for the bundle. In
 * JSON they are fields of the object that holds them.
 *
 * @param negativePrompt a text of things that the clip should not show
 * @param model the bundle's name
 * @param width pixels
 * @param height pixels
 * @param frames length of the clip; for an extension, a prompt holds the frames to add, a spec all frames to generate
 * @param fps frames per second of the clip; a model makes one frame rate
 * @param steps denoising steps
 * @param guidance classifier-free guidance scale; 1 and below switch guidance off
 * @param seed of the noise
 * @param scheduler the sampler, one of those in the bundle's manifest
 * @param upscale how many times as wide and high the decoded clip is drawn; absent for as it was decoded
 * @param interpolateToFps frames per second that frames are added for between those of the decoded clip; absent for
 *     those of the model
 * @param reference an image or video to start from
 */
@RecordBuilder
@JsonInclude(JsonInclude.Include.NON_NULL)
public record GenerationSettings(
        @RequestField(http = "negative_prompt", option = "--negative") @Nullable
        String negativePrompt,

        @RequestField(option = "--model") @Nullable String model,

        @RequestField(option = "--size") @Nullable Integer width,

        @RequestField(option = "--size") @Nullable Integer height,

        @RequestField(http = "num_frames", option = "--frames") @Nullable
        Integer frames,

        @RequestField(ofModel = true) @Nullable Integer fps,

        @RequestField(http = "num_inference_steps", option = "--steps") @Nullable
        Integer steps,

        @RequestField(http = "guidance_scale", option = "--guidance") @Nullable
        Double guidance,

        @RequestField(option = "--seed") @Nullable Long seed,

        @RequestField(option = "--scheduler", ofModel = true) @Nullable
        String scheduler,

        @RequestField(option = "--upscale", ofModel = true) @Nullable
        Integer upscale,

        @RequestField(http = "interpolate_to_fps", option = "--interpolate-to-fps", ofModel = true) @Nullable
        Integer interpolateToFps,

        @RequestField(http = "input_reference", option = "--image") @Nullable
        ReferenceMedia reference)
        implements GenerationSettingsBuilder.With {

    /** Settings that leave everything to the bundle's defaults. */
    public static final GenerationSettings DEFAULTS = builder().build();

    /** A builder of settings; what is not set is absent. */
    public static GenerationSettingsBuilder builder() {
        return GenerationSettingsBuilder.builder();
    }

    /** Returns these settings, completed by {@code others} where a value is absent here. */
    public GenerationSettings orElse(GenerationSettings others) {
        return RequestFields.settingsOf(field -> field.in(this) == null ? field.in(others) : field.in(this));
    }
}
