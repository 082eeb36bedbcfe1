package dev.galatea.encoding.media;

import java.nio.FloatBuffer;

import org.jspecify.annotations.Nullable;

/**
 * A clip of which the first picture is given, the last one, or both; all others are zeros, which take no memory.
 *
 * @param first the first picture alone, or null
 * @param last the last picture alone, or null
 */
public record ClipEnds(
        int frames,
        int height,
        int width,
        @Nullable Frames first,
        @Nullable Frames last) implements FrameSequence {

    private static final float[] NOTHING = new float[4096];

    @Override
    public void put(int colour, int frame, FloatBuffer into) {
        Frames given = frame == frames - 1 && last != null ? last : frame == 0 ? first : null;
        if (given != null) {
            given.put(colour, 0, into);
            return;
        }
        for (int left = height * width; left > 0; left -= NOTHING.length) {
            into.put(NOTHING, 0, Math.min(left, NOTHING.length));
        }
    }
}
