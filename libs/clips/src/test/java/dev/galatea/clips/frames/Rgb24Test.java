package dev.galatea.clips.frames;

import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class Rgb24Test {

    private static final int BLOCK = 1 << 16;

    /** Sixteen million values from -1 to 1 in equal steps, and as many of any bits that make a number. */
    @Test
    void shouldRoundAsTheMathLibraryDoes() {
        float[] frame = new float[3 * BLOCK];
        byte[] rgb = new byte[3 * BLOCK];
        SplittableRandom random = new SplittableRandom(7);
        for (int block = 0; block < 1 << 8; block++) {
            for (int i = 0; i < frame.length; i++) {
                float any = Float.intBitsToFloat(random.nextInt());
                frame[i] = i < BLOCK ? (block * BLOCK + i) * 0x1p-23f - 1 : Float.isFinite(any) ? any : 0;
            }
            assertThat(Rgb24.convert(frame, rgb)).isTrue();
            for (int i = 0; i < frame.length; i++) {
                byte expected = (byte) Math.round(Math.min(1f, Math.max(-1f, frame[i])) * 127.5f + 127.5f);
                if (rgb[3 * (i % BLOCK) + i / BLOCK] != expected) {
                    assertThat(rgb[3 * (i % BLOCK) + i / BLOCK])
                            .as("%a", frame[i])
                            .isEqualTo(expected);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void shouldSayThatAValueIsNoNumber(float value) {
        assertThat(Rgb24.convert(new float[] {0, value, 0}, new byte[3])).isFalse();
        assertThat(Rgb24.convert(new float[] {Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE}, new byte[3]))
                .isTrue();
    }
}
