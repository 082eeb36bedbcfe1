package dev.galatea.clips.video;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import javax.imageio.ImageIO;

import org.junit.jupiter.api.Test;

import dev.galatea.clips.frames.Rgb24;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class JpegTest {

    @Test
    void shouldWriteTheFrame() throws Exception {
        float[] red = new float[3 * 32 * 16];
        java.util.Arrays.fill(red, 0, 32 * 16, 0.8f);
        java.util.Arrays.fill(red, 32 * 16, red.length, -0.9f);
        byte[] rgb = new byte[red.length];
        assertThat(Rgb24.convert(red, rgb)).isTrue();
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(Jpeg.write(rgb, 32, 16)));
        assertThat(image.getWidth()).isEqualTo(32);
        assertThat(image.getHeight()).isEqualTo(16);
        assertThat(image.getRGB(5, 5) >> 16 & 0xff).isCloseTo(230, within(6));
        assertThat(image.getRGB(5, 5) & 0xff).isCloseTo(13, within(8));
    }

    @Test
    void shouldCutValuesOutOfRange_andTellOfWhatIsNoNumber() {
        byte[] rgb = new byte[3];
        assertThat(Rgb24.convert(new float[] {-7f, 0f, 7f}, rgb)).isTrue();
        assertThat(rgb).containsExactly(0, 128, 255);
        assertThat(Rgb24.convert(new float[] {Float.NaN, 0f, 0f}, rgb)).isFalse();
    }
}
