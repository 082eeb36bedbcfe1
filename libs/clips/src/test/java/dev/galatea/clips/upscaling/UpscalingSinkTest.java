package dev.galatea.clips.upscaling;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class UpscalingSinkTest {

    @Test
    void shouldHandOnEachFrameUpscaled_inOrder() throws Exception {
        List<String> passed = new ArrayList<>();
        UpscalingSink sink = new UpscalingSink(
                new Repeating(),
                1,
                2,
                (index, frame) -> passed.add(index + ": " + frame.length + " values, " + frame[0] + " " + frame[2] + " "
                        + frame[frame.length - 1]));
        sink.accept(0, new float[] {1, 2, 3, 4, 5, 6});
        sink.accept(1, new float[] {7, 8, 9, 10, 11, 12});
        assertThat(passed).containsExactly("0: 24 values, 1.0 2.0 6.0", "1: 24 values, 7.0 8.0 12.0");
    }

    private static final class Repeating implements PictureUpscaler {

        @Override
        public int scale() {
            return 2;
        }

        @Override
        public void upscale(float[] picture, int height, int width, float[] into) {
            for (int i = 0; i < into.length; i++) {
                int row = i / (2 * width);
                into[i] = picture[row / 2 * width + i % (2 * width) / 2];
            }
        }
    }
}
