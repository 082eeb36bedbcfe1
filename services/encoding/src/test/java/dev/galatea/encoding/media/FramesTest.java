package dev.galatea.encoding.media;

import java.nio.FloatBuffer;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FramesTest {

    @Test
    void shouldShrinkToMeans() {
        Frames frames = new Frames(new float[3 * 2 * 4 * 6], 2, 4, 6);
        for (int i = 0; i < frames.values().length; i++) {
            frames.values()[i] = i;
        }
        Frames shrunk = frames.shrunk(2);
        assertThat(new int[] {shrunk.frames(), shrunk.height(), shrunk.width()}).containsExactly(2, 2, 3);
        assertThat(shrunk.values()).hasSize(3 * 2 * 2 * 3);
        // The means of 0, 1, 6, 7; of 4, 5, 10, 11; and of the last ones, 136, 137, 142, 143.
        assertThat(shrunk.values()[0]).isEqualTo(3.5f);
        assertThat(shrunk.values()[2]).isEqualTo(7.5f);
        assertThat(shrunk.values()[shrunk.values().length - 1]).isEqualTo(139.5f);
    }

    @Test
    void shouldStay_whenTheScaleIsOne() {
        Frames frames = new Frames(new float[12], 1, 2, 2);
        assertThat(frames.shrunk(1)).isSameAs(frames);
    }

    @Test
    void shouldPutEndsAmidZeros() {
        Frames first = new Frames(new float[] {1, 2, 3, 4, 5, 6}, 1, 1, 2);
        Frames last = new Frames(new float[] {7, 8, 9, 10, 11, 12}, 1, 1, 2);
        assertThat(green(new ClipEnds(3, 1, 2, first, last))).containsExactly(3, 4, 0, 0, 9, 10);
        assertThat(green(new ClipEnds(2, 1, 2, null, last))).containsExactly(0, 0, 9, 10);
        assertThat(green(new ClipEnds(2, 1, 2, first, null))).containsExactly(3, 4, 0, 0);
        assertThat(green(new Frames(new float[] {1, 2, 3, 4, 5, 6}, 2, 1, 1))).containsExactly(3, 4);
    }

    private static float[] green(FrameSequence clip) {
        FloatBuffer into = FloatBuffer.allocate(clip.frames() * clip.height() * clip.width());
        for (int frame = 0; frame < clip.frames(); frame++) {
            clip.put(1, frame, into);
        }
        return into.array();
    }
}
