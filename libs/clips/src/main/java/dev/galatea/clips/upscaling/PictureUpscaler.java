package dev.galatea.clips.upscaling;

import dev.galatea.model.failure.StageException;

/** A model that draws pictures larger, each by itself. Used by one thread at a time. */
public interface PictureUpscaler {

    /** Pixels of an upscaled picture, in each direction, per pixel of the given one. */
    int scale();

    /**
     * Draws one picture larger.
     *
     * @param picture shape [3, height, width], row-major, in [-1, 1]
     * @param into takes the upscaled picture, shape [3, height·scale, width·scale]
     */
    void upscale(float[] picture, int height, int width, float[] into) throws StageException;
}
