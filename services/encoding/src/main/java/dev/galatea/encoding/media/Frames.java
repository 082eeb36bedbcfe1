package dev.galatea.encoding.media;

import java.nio.FloatBuffer;

/**
 * Pictures of one size, one after the other.
 *
 * @param values f32 in [-1, 1], planar: [3, frames, height, width]
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not shared: a clip of frames is too large to copy
public record Frames(float[] values, int frames, int height, int width) implements FrameSequence {

    private static final int CHANNELS = 3;

    @Override
    public void put(int colour, int frame, FloatBuffer into) {
        int area = height * width;
        into.put(values, (colour * frames + frame) * area, area);
    }

    /** Converts bytes in FFmpeg's order: [frames, height, width, 3]. */
    public static Frames ofRgb(byte[] rgb, int frames, int height, int width) {
        int plane = frames * height * width;
        float[] values = new float[CHANNELS * plane];
        for (int i = 0; i < plane; i++) {
            for (int c = 0; c < CHANNELS; c++) {
                values[c * plane + i] = (rgb[CHANNELS * i + c] & 0xff) / 127.5f - 1;
            }
        }
        return new Frames(values, frames, height, width);
    }

    /** The same pictures, of which each pixel is the mean of {@code scale} by {@code scale}. */
    public Frames shrunk(int scale) {
        if (scale == 1) {
            return this;
        }
        int rows = height / scale;
        int columns = width / scale;
        float[] means = new float[CHANNELS * frames * rows * columns];
        for (int y = 0; y < CHANNELS * frames * rows * scale; y++) {
            int to = y / scale * columns;
            for (int x = 0; x < columns * scale; x++) {
                means[to + x / scale] += values[y * width + x] / (scale * scale);
            }
        }
        return new Frames(means, frames, rows, columns);
    }
}
