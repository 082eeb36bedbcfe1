package dev.galatea.clips.frames;

import dev.galatea.model.failure.StageException;

/** Takes finished frames, in order. */
public interface FrameSink {

    /**
     * Takes one frame.
     *
     * @param index from 0
     * @param frame shape [3, height, width], in [-1, 1]; valid during the call only
     */
    void accept(int index, float[] frame) throws StageException, InterruptedException;
}
