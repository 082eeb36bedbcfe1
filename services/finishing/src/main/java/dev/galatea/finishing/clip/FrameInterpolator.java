package dev.galatea.finishing.clip;

import dev.galatea.model.failure.StageException;

/** A model that makes pictures between two others. Used by one thread at a time. */
public interface FrameInterpolator {

    /** Two pictures of shape [3, height, width], row-major, in [-1, 1]. */
    @SuppressWarnings(
            "ArrayRecordComponent") // lent for a call, not kept: a copy of each frame would cost as much as its use
    record Pair(float[] first, float[] second, int height, int width) {}

    /**
     * Makes one picture.
     *
     * @param time of the picture, between those of the pair: 0 to 1
     * @param into takes it, in the shape of the others
     */
    void between(Pair pair, float time, float[] into) throws StageException;
}
