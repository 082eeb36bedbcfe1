package dev.galatea.decoding.clip;

import org.jspecify.annotations.Nullable;

import dev.galatea.clips.upscaling.PictureUpscaler;
import dev.galatea.decoding.tiling.LatentDecoder;

/**
 * The models that decode one clip.
 *
 * @param upscaler null if frames are as large as they are decoded
 */
public record ClipModels(LatentDecoder decoder, @Nullable PictureUpscaler upscaler) {

    /** A decoder alone. */
    public static ClipModels of(LatentDecoder decoder) {
        return new ClipModels(decoder, null);
    }
}
