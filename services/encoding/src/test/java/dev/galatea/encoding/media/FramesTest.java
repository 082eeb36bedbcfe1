package dev.galatea.encoding.media;

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
        Frames frames = Frames.zeros(1, 2, 2);
        assertThat(frames.shrunk(1)).isSameAs(frames);
    }
}
