package dev.galatea.encoding.media;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class MediaReaderTest {

    private static final float BLACK = -1;

    private final MediaReader reader = TestMedia.reader();

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"a.png", "a.jpg", "a.webp"})
    void shouldRepeatThePicture(String name) throws Exception {
        Path file = TestMedia.picture(directory.resolve(name), "color=0x804020:size=200x100");

        Frames frames = reader.read(file, new FrameRequest(false, 3, 24, 32, 16, false));

        assertThat(frames.values()).hasSize(3 * 3 * 32 * 16);
        int plane = 3 * 32 * 16;
        for (int i = 0; i < plane; i++) {
            assertThat(frames.values()[i]).isCloseTo(0x80 / 127.5f - 1, within(0.04f));
            assertThat(frames.values()[plane + i]).isCloseTo(0x40 / 127.5f - 1, within(0.04f));
            assertThat(frames.values()[2 * plane + i]).isCloseTo(0x20 / 127.5f - 1, within(0.04f));
        }
    }

    /** White in the middle of black on both sides, twice as wide as high. */
    @ParameterizedTest
    @CsvSource({"false, 1, 1", "true, 0, 1"})
    void shouldCutOrPad_whenThePictureHasAnotherShape(boolean pad, int atTop, int inTheMiddle) throws Exception {
        Path file = TestMedia.picture(
                directory.resolve("a.png"), "color=black:size=200x100,drawbox=x=50:y=0:w=100:h=100:c=white:t=fill");

        Frames frames = reader.read(file, new FrameRequest(false, 1, 24, 64, 64, pad));

        assertThat(at(frames, 32, 2)).isEqualTo(atTop == 1 ? 1 : BLACK);
        assertThat(at(frames, 32, 32)).isEqualTo(inTheMiddle);
        assertThat(at(frames, 2, 32)).isEqualTo(pad ? BLACK : 1);
    }

    @ParameterizedTest
    @CsvSource({"a.mp4, libopenh264", "a.webm, libvpx-vp9"})
    void shouldReadAVideoAtTheClipsRate_andHoldItsLastFrame(String name, String encoder) throws Exception {
        // Half a second, ever brighter.
        Path file = TestMedia.make(
                directory.resolve(name),
                "color=black:size=64x64:rate=48:duration=0.5,geq=lum='16+219*N/23':cb=128:cr=128",
                "-c:v",
                encoder,
                "-b:v",
                "5M");

        Frames frames = reader.read(file, new FrameRequest(true, 16, 24, 32, 32, false));

        float first = frames.values()[0];
        float eleventh = frames.values()[11 * 32 * 32];
        float last = frames.values()[15 * 32 * 32];
        assertThat(first).isLessThan(-0.8f);
        assertThat(eleventh).isGreaterThan(0.7f).isCloseTo(last, within(0.1f));
    }

    @Test
    void shouldReadThinPictures() throws Exception {
        Path file = TestMedia.picture(directory.resolve("thin.png"), "color=white:size=1x8000");

        assertThat(reader.read(file, new FrameRequest(false, 1, 24, 64, 64, false))
                        .values())
                .containsOnly(1);
        assertThat(reader.read(file, new FrameRequest(false, 1, 24, 64, 64, true))
                        .values())
                .contains(1)
                .contains(BLACK);
    }

    private static float at(Frames frames, int x, int y) {
        return frames.values()[y * frames.width() + x];
    }
}
