package dev.galatea.clips.upscaling;

import dev.galatea.clips.frames.FrameSink;
import dev.galatea.model.failure.StageException;

/** Hands frames on upscaled, one at a time, so that memory does not depend on the clip's length. One thread. */
public final class UpscalingSink implements FrameSink {

    private static final int COLOURS = 3;

    private final PictureUpscaler upscaler;
    private final int height;
    private final int width;
    private final FrameSink next;
    private final float[] upscaled;

    /**
     * Prepares the upscaling of a clip's frames.
     *
     * @param height rows of a frame that is given
     * @param width columns of a frame that is given
     */
    public UpscalingSink(PictureUpscaler upscaler, int height, int width, FrameSink next) {
        this.upscaler = upscaler;
        this.height = height;
        this.width = width;
        this.next = next;
        int scale = upscaler.scale();
        this.upscaled = new float[Math.multiplyExact(COLOURS * height * scale, width * scale)];
    }

    @Override
    public void accept(int index, float[] frame) throws StageException, InterruptedException {
        upscaler.upscale(frame, height, width, upscaled);
        next.accept(index, upscaled);
    }
}
