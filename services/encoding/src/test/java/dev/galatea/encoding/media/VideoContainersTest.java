package dev.galatea.encoding.media;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What containers say of the pictures in them, and how they lay them out. */
class VideoContainersTest {

    private static final FrameRequest SQUARE = new FrameRequest(true, 8, 24, 64, 64, false);
    private static final String SOURCE = "testsrc=size=64x64:rate=24:duration=1";

    private final MediaReader reader = TestMedia.reader();

    @TempDir
    Path directory;

    /** The same colours by three ways; VP8 has no word for them, so WebM's counts. */
    @ParameterizedTest
    @CsvSource({
        "tv, bt709, 63, 102, 240, 1, -1, -1",
        "tv, smpte170m, 81, 90, 240, 1, -1, -1",
        "tv, unknown, 81, 90, 240, 1, -1, -1",
        "pc, unknown, 76, 85, 255, 1, -1, -1",
        "pc, bt709, 128, 128, 128, 0, 0, 0",
        "pc, unknown, 255, 128, 128, 1, 1, 1",
        "pc, unknown, 16, 128, 128, -0.875, -0.875, -0.875"
    })
    void shouldBelieveTheContainer_whenTheCodecSaysNothingOfColours(
            String range, String matrix, int luma, int blue, int red, float r, float g, float b) throws Exception {
        String values = ",geq=lum=%d:cb=%d:cr=%d".formatted(luma, blue, red);
        Path file = TestMedia.make(
                directory.resolve("a.webm"),
                "color=black:size=64x64:rate=24:duration=0.2" + values + ",setparams=range=" + range + ":colorspace="
                        + matrix,
                "-c:v",
                "libvpx",
                "-b:v",
                "2M",
                "-color_range",
                range,
                "-colorspace",
                matrix);

        TestMedia.assertPixel(reader.read(file, SQUARE), 2, 32, 32, r, g, b);
    }

    /** A picture that is shown between others: Matroska has one time for each, and these begin before zero. */
    @Test
    void shouldReadReorderedPictures_beforeZero() throws Exception {
        Path file = TestMedia.make(
                directory.resolve("a.mkv"), SOURCE, "-c:v", "mpeg4", "-bf", "3", "-g", "12", "-q:v", "2");
        Path early = TestMedia.rewrite(
                file, directory.resolve("b.mkv"), "-avoid_negative_ts", "disabled", "-output_ts_offset", "-0.3");

        assertThat(reader.readAll(early, new FrameRequest(true, 100, 24, 64, 64, false), directory.resolve("all")))
                .isEqualTo(24);
    }

    @Test
    void shouldNameTheCodec_ofReorderedPictures() throws Exception {
        Path file = TestMedia.make(directory.resolve("a.mkv"), SOURCE, "-c:v", "mpeg2video", "-bf", "2", "-q:v", "2");

        assertRefused(file, "has the video codec mpeg2video; valid in WEBM are vp8, vp9, av1, h264, hevc, mpeg4");
    }

    @Test
    void shouldNameEncryption() throws Exception {
        Path file = TestMedia.make(
                directory.resolve("a.mp4"),
                SOURCE,
                "-c:v",
                "libopenh264",
                "-encryption_scheme",
                "cenc-aes-ctr",
                "-encryption_key",
                "76a6c65c5ea762046bd749a2e632ccbb",
                "-encryption_kid",
                "a7e61c373e219033c21091fa607bf3b8");

        assertRefused(file, "is encrypted; valid are videos without protection");
    }

    /** As calls and screens are recorded. */
    @ParameterizedTest
    @CsvSource({"webm, libvpx, 48x48", "webm, libvpx, 96x64", "mkv, libvpx-vp9, 96x96"})
    void shouldRefusePicturesOfSeveralSizes(String extension, String codec, String size) throws Exception {
        Path list = directory.resolve("list");
        Files.writeString(list, part("1." + extension, codec, "64x64") + part("2." + extension, codec, size), US_ASCII);
        Path file = TestMedia.copy(list, directory.resolve("a." + extension), "-f", "concat", "-safe", "0");

        String said = "has pictures of 64x64 and of " + size + " pixels; valid are pictures of one size";
        assertRefused(file, said);
        assertThatThrownBy(() ->
                        reader.readAll(file, new FrameRequest(true, 100, 24, 64, 64, false), directory.resolve("all")))
                .hasMessage(said);
    }

    private String part(String name, String codec, String size) throws Exception {
        String source = "testsrc=rate=24:duration=0.2:size=" + size;
        Path file = TestMedia.make(directory.resolve(name), source, "-c:v", codec, "-b:v", "1M", "-lag-in-frames", "0");
        return "file '" + file + "'\n";
    }

    /** QuickTime's films did without the box that says what they are, or had it later. */
    @Test
    void shouldReadFilms_thatBeginWithAnotherBox() throws Exception {
        byte[] film = Files.readAllBytes(TestMedia.make(directory.resolve("a.mov"), SOURCE, "-c:v", "mpeg4"));
        assertThat(new String(film, 4, 4, US_ASCII)).isEqualTo("ftyp");
        for (String box : List.of("free", "wide", "skip")) {
            System.arraycopy(box.getBytes(US_ASCII), 0, film, 4, 4);
            Path file = Files.write(directory.resolve("b.mov"), film);

            assertThat(reader.read(file, SQUARE).values()).hasSize(3 * 8 * 64 * 64);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', empty",
        "'data:image/png;base64,', a data: URL",
        "'#EXTM3U\n', a playlist",
        "'<!DOCTYPE html>', 'HTML, SVG or XML'",
        "'\0\0\1\u00ba....', MPEG program stream",
        "'0&\u00b2u........', Windows Media",
        "'\0\0\0\fjP  ....', JPEG 2000"
    })
    void shouldNameWhatPeopleSendBySightOfItsFirstBytes(String head, String name) throws Exception {
        Path file = Files.writeString(directory.resolve("other"), head, ISO_8859_1);

        assertThatThrownBy(() -> reader.read(file, SQUARE)).hasMessageContaining("(it is " + name + "); valid are");
    }

    private void assertRefused(Path file, String said) {
        assertThatThrownBy(() -> reader.read(file, SQUARE)).isInstanceOfSatisfying(MediaRefusedException.class, e -> {
            assertThat(e).hasMessage(said);
            assertThat(e.code()).isEqualTo("media_not_supported");
        });
    }
}
