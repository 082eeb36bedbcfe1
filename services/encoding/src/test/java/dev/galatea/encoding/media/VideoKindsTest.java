package dev.galatea.encoding.media;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What videos of phones, cameras and editing programs say and hold beside their pictures. */
class VideoKindsTest {

    private static final FrameRequest SQUARE = new FrameRequest(true, 8, 24, 64, 64, false);
    private static final String RED = "color=red:size=64x64:rate=24:duration=1";

    private final MediaReader reader = TestMedia.reader();

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "a.mp4, libopenh264, aac, 1",
        "a.mp4, libopenh264, aac, 6",
        "a.mp4, libopenh264, libmp3lame, 2",
        "a.mp4, mpeg4, libopus, 2",
        "a.mov, libopenh264, pcm_s16le, 4",
        "a.mov, libopenh264, alac, 2",
        "a.webm, libvpx-vp9, libopus, 6",
        "a.mkv, libvpx, flac, 2"
    })
    void shouldIgnoreSound_alsoBeforeThePictures(String name, String video, String sound, int channels)
            throws Exception {
        for (List<String> order : List.of(List.of("-map", "0", "-map", "1"), List.of("-map", "1", "-map", "0"))) {
            List<String> options = new ArrayList<>(List.of("-f", "lavfi", "-i", "sine=duration=2:sample_rate=48000"));
            options.addAll(order);
            options.addAll(List.of("-c:v", video, "-c:a", sound, "-ac", Integer.toString(channels)));
            Path file = TestMedia.make(directory.resolve(name), RED, options.toArray(String[]::new));

            assertColour(reader.read(file, SQUARE), 1, -1, -1);
            assertThat(reader.readAll(file, all(), directory.resolve("all"))).isEqualTo(24);
        }
    }

    private static FrameRequest all() {
        return new FrameRequest(true, 100, 24, 64, 64, false);
    }

    @Test
    void shouldIgnoreBrokenSound() throws Exception {
        Path file = TestMedia.make(
                directory.resolve("a.mp4"),
                RED,
                "-f",
                "lavfi",
                "-i",
                "sine=duration=1",
                "-map",
                "1",
                "-map",
                "0",
                "-c:v",
                "libopenh264",
                "-c:a",
                "aac",
                "-bsf:a",
                "noise=amount=1");

        assertColour(reader.read(file, SQUARE), 1, -1, -1);
    }

    /** As phones write it: a codec that no FFmpeg knows. */
    @Test
    void shouldIgnoreSoundOfAnUnknownCodec() throws Exception {
        Path file = TestMedia.make(
                directory.resolve("a.mp4"),
                RED,
                "-f",
                "lavfi",
                "-i",
                "sine=duration=1",
                "-c:v",
                "libopenh264",
                "-c:a",
                "aac");
        String bytes = Files.readString(file, ISO_8859_1);
        assertThat(bytes).contains("mp4a");
        Files.writeString(file, bytes.replace("mp4a", "apac"), ISO_8859_1);

        assertColour(reader.read(file, SQUARE), 1, -1, -1);
    }

    /** The sound begins a second before the pictures. */
    @Test
    void shouldBeginWithTheFirstPicture_whenSoundBeginsEarlier() throws Exception {
        Path file = TestMedia.make(
                directory.resolve("a.mkv"),
                "sine=duration=3",
                "-itsoffset",
                "1",
                "-f",
                "lavfi",
                "-i",
                "color=black:size=64x64:rate=24:duration=1,geq=lum='16+219*N/23':cb=128:cr=128",
                "-c:v",
                "libvpx-vp9",
                "-b:v",
                "5M",
                "-c:a",
                "libopus");

        Frames frames = reader.read(file, new FrameRequest(true, 24, 24, 64, 64, false));

        TestMedia.assertPixel(frames, 0, 32, 32, -1, -1, -1);
        TestMedia.assertPixel(frames, 12, 32, 32, 0.04f, 0.04f, 0.04f);
        assertThat(reader.readAll(file, all(), directory.resolve("all"))).isEqualTo(24);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mjpeg", "png"})
    void shouldIgnoreCoverArt(String codec) throws Exception {
        Path cover = TestMedia.picture(
                directory.resolve("c." + (codec.equals("png") ? "png" : "jpg")), "color=green:size=32x32");
        for (String[] order : new String[][] {{"0", "1", "1"}, {"1", "0", "0"}}) {
            String at = order[2];
            Path file = TestMedia.make(
                    directory.resolve("a.mp4"),
                    RED,
                    "-i",
                    cover.toString(),
                    "-map",
                    order[0],
                    "-map",
                    order[1],
                    "-c:v",
                    "libopenh264",
                    "-c:v:" + at,
                    "copy",
                    "-disposition:v:" + at,
                    "attached_pic");

            assertColour(reader.read(file, SQUARE), 1, -1, -1);
        }
    }

    @Test
    void shouldIgnoreManySoundTracks() throws Exception {
        List<String> options = new ArrayList<>(List.of("-f", "lavfi", "-i", "sine=duration=1", "-map", "0"));
        for (int i = 0; i < 20; i++) {
            options.addAll(List.of("-map", "1"));
        }
        options.addAll(List.of("-c:v", "libopenh264", "-c:a", "aac"));
        Path file = TestMedia.make(directory.resolve("a.mp4"), RED, options.toArray(String[]::new));

        assertColour(reader.read(file, SQUARE), 1, -1, -1);
    }

    @Test
    void shouldIgnoreSubtitlesTimecodesAndAttachments() throws Exception {
        Path text = Files.writeString(directory.resolve("a.srt"), "1\n00:00:00,000 --> 00:00:01,000\nHello\n");
        Path cover = TestMedia.picture(directory.resolve("cover.jpg"), "color=green:size=32x32");
        Path mov = TestMedia.make(
                directory.resolve("a.mov"),
                RED,
                "-i",
                text.toString(),
                "-c:v",
                "libopenh264",
                "-c:s",
                "mov_text",
                "-timecode",
                "10:00:00:00");
        Path mkv = TestMedia.make(
                directory.resolve("a.mkv"),
                RED,
                "-i",
                text.toString(),
                "-c:v",
                "libvpx",
                "-c:s",
                "srt",
                "-attach",
                cover.toString(),
                "-metadata:s:t",
                "mimetype=image/jpeg");

        assertColour(reader.read(mov, SQUARE), 1, -1, -1);
        assertColour(reader.read(mkv, SQUARE), 1, -1, -1);
    }

    @Test
    void shouldTakeTheFirstOfSeveralVideos() throws Exception {
        Path file = TestMedia.make(
                directory.resolve("a.mp4"),
                RED,
                "-f",
                "lavfi",
                "-i",
                "color=green:size=128x128:rate=24:duration=1",
                "-map",
                "0",
                "-map",
                "1",
                "-c:v",
                "libopenh264");

        assertColour(reader.read(file, SQUARE), 1, -1, -1);
    }

    @Test
    void shouldSay_thatThereIsOnlySound() throws Exception {
        Path file = TestMedia.make(directory.resolve("a.mp4"), "sine=duration=1", "-c:a", "aac");

        assertThatThrownBy(() -> reader.read(file, SQUARE))
                .isInstanceOfSatisfying(
                        MediaRefusedException.class, e -> assertThat(e).hasMessage("holds no video"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"libvpx", "libvpx-vp9"})
    void shouldLayTransparentVideosOnTheBackground(String codec) throws Exception {
        String source = RED + ",format=yuva420p,geq=lum='p(X,Y)':cb='p(X,Y)':cr='p(X,Y)':a='if(lt(X,32),0,255)'";
        Path file =
                TestMedia.make(directory.resolve("a.webm"), source, "-c:v", codec, "-auto-alt-ref", "0", "-b:v", "2M");

        Frames white = reader.read(file, SQUARE);
        Frames blue = reader.read(file, new FrameRequest(true, 8, 24, 64, 64, false, 0x0000ff));

        TestMedia.assertPixel(white, 7, 8, 32, 1, 1, 1);
        TestMedia.assertPixel(white, 7, 56, 32, 1, -1, -1);
        TestMedia.assertPixel(blue, 0, 8, 32, -1, -1, 1);
        TestMedia.assertPixel(blue, 0, 56, 32, 1, -1, -1);
    }

    private static void assertColour(Frames frames, float red, float green, float blue) {
        TestMedia.assertPixel(frames, 0, 32, 32, red, green, blue);
        TestMedia.assertPixel(frames, frames.frames() - 1, 32, 32, red, green, blue);
    }
}
