package dev.galatea.finishing.clip;

import org.jspecify.annotations.Nullable;

import dev.galatea.clips.upscaling.PictureUpscaler;

/**
 * The models that finish one clip.
 *
 * @param interpolator null if no frames are added
 * @param upscaler null if frames stay as large as they are
 */
public record FinishingModels(
        @Nullable FrameInterpolator interpolator, @Nullable PictureUpscaler upscaler) {}
