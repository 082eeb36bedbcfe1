package dev.galatea.finishing.clip;

import dev.galatea.clips.frames.FrameSink;
import dev.galatea.clips.video.VideoFormat;
import dev.galatea.model.failure.StageException;

/**
 * Hands frames on at a higher rate: those that lie at a time of the new rate as they are, and others that a model makes
 * between two. The last frame stays on until its time is over, so that the clip lasts as long as before. Holds two
 * frames, whatever the clip's length. One thread.
 */
final class InterpolatingSink implements FrameSink {

    private final FrameInterpolator interpolator;
    private final Timing timing;
    private final VideoFormat format;
    private final FrameSink next;
    private final float[] before;
    private final float[] made;
    private int handedOn;

    /**
     * The lengths and rates before and after.
     *
     * @param fps frames per second that come
     * @param toFps frames per second that are handed on; more
     */
    record Timing(int frames, int fps, int toFrames, int toFps) {}

    /** @param format of the frames that come */
    InterpolatingSink(FrameInterpolator interpolator, Timing timing, VideoFormat format, FrameSink next) {
        this.interpolator = interpolator;
        this.timing = timing;
        this.format = format;
        this.next = next;
        this.before = new float[format.frameBytes()];
        this.made = new float[format.frameBytes()];
    }

    @Override
    public void accept(int index, float[] frame) throws StageException, InterruptedException {
        boolean last = index == timing.frames() - 1;
        while (handedOn < timing.toFrames()) {
            // The place of the next frame in the clip that comes, in parts of one of its frames.
            long place = (long) handedOn * timing.fps();
            long whole = place / timing.toFps();
            long part = place % timing.toFps();
            if (last && whole >= index || whole == index && part == 0) {
                next.accept(handedOn++, frame);
            } else if (whole < index) {
                interpolator.between(
                        new FrameInterpolator.Pair(before, frame, format.height(), format.width()),
                        (float) part / timing.toFps(),
                        made);
                next.accept(handedOn++, made);
            } else {
                break;
            }
        }
        System.arraycopy(frame, 0, before, 0, frame.length);
    }
}
