package dev.galatea.encoding.media;

/**
 * The frames to take from media.
 *
 * @param video true if the media must be a video; else they must be a picture
 * @param frames number of pictures; one picture is repeated, and so is the last one of a video that is too short
 * @param fps pictures per second that are taken of a video
 * @param width of each picture
 * @param height of each picture
 * @param pad true if media of another shape get black bars; else they are cut
 * @param background colour behind transparent media, 0xRRGGBB
 */
public record FrameRequest(boolean video, int frames, int fps, int width, int height, boolean pad, int background) {

    /** The background unless another one is asked for. */
    public static final int WHITE = 0xffffff;

    /** A request with a white background. */
    public FrameRequest(boolean video, int frames, int fps, int width, int height, boolean pad) {
        this(video, frames, fps, width, height, pad, WHITE);
    }

    int bytes() {
        return Math.multiplyExact(Math.multiplyExact(Math.multiplyExact(3, frames), width), height);
    }
}
