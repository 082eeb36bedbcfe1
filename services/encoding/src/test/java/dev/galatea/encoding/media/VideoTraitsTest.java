package dev.galatea.encoding.media;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** What a video says of its pictures: their shape, colours, light, turn and time. */
class VideoTraitsTest {

    private static final FrameRequest SQUARE = new FrameRequest(true, 4, 24, 64, 64, false);
    private static final String SHORT = ":rate=24:duration=0.25";

    private final MediaReader reader = TestMedia.reader();

    @TempDir
    Path directory;

    /** Stored 64x64, shown 128x64, with a white square in the middle. */
    @ParameterizedTest
    @CsvSource({"a.mp4, libopenh264", "a.mkv, libvpx-vp9", "a.mov, mpeg4"})
    void shouldMakePixelsSquare(String name, String codec) throws Exception {
        Path file = video(
                name,
                "color=black:size=64x64" + SHORT + ",drawbox=x=24:y=16:w=16:h=32:color=white:t=fill,setsar=2",
                "-c:v",
                codec);

        Frames cut = reader.read(file, SQUARE);
        Frames padded = reader.read(file, new FrameRequest(true, 4, 24, 64, 64, true));

        TestMedia.assertPixel(cut, 0, 20, 32, 1, 1, 1);
        TestMedia.assertPixel(cut, 0, 44, 32, 1, 1, 1);
        TestMedia.assertPixel(cut, 0, 10, 32, -1, -1, -1);
        TestMedia.assertPixel(padded, 0, 32, 28, 1, 1, 1);
        TestMedia.assertPixel(padded, 0, 32, 20, -1, -1, -1);
        TestMedia.assertPixel(padded, 0, 36, 32, 1, 1, 1);
    }

    @Test
    void shouldRefusePixelsThatNoCameraHas() throws Exception {
        Path file = video("a.mp4", "color=black:size=64x64" + SHORT + ",setsar=20", "-c:v", "libopenh264");

        assertRefused(file, "has pixels 20.0 times as wide as high; valid are 1/16 to 16");
    }

    /** The upper left quarter is white; FFmpeg writes the turn into the file beside it. */
    @ParameterizedTest
    @CsvSource({"0, 0, 0", "90, 0, 1", "180, 1, 1", "270, 1, 0", "-90, 1, 0"})
    void shouldTurnVideosUpright(int degrees, int column, int row) throws Exception {
        Path stored = video(
                "a.mp4",
                "color=black:size=64x64" + SHORT + ",drawbox=w=32:h=32:color=white:t=fill",
                "-c:v",
                "libopenh264");
        Path turned =
                TestMedia.copy(stored, directory.resolve("b.mp4"), "-display_rotation", Integer.toString(degrees));

        Frames frames = reader.read(turned, SQUARE);

        for (int x = 0; x < 2; x++) {
            for (int y = 0; y < 2; y++) {
                float expected = x == column && y == row ? 1 : -1;
                TestMedia.assertPixel(frames, 3, 16 + 32 * x, 16 + 32 * y, expected, expected, expected);
            }
        }
    }

    /** What people write into their files looks like anything, and is long: descriptions, chapters, lyrics. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Stereo 3D: type - side by side",
                "displaymatrix: rotation of 45",
                "DOVI configuration record: profile: 5, compatibility id: 0",
                "color_range:tv color_space:ycgco color_primaries:x color_trc:log100",
                " fmt:rgb24 sar:99/1 s:1x1 i:T",
                "[Parsed_showinfo_0 @ 0x1] [info] n:0 fmt:rgb24 cl:left sar:99/1 s:1x1 i:T iskey:1",
                "Reconfiguring filter graph because of, 1x1",
                "Video: vp8, yuv420p(pc, bt709)",
                "alpha_mode : 1",
                "[fatal] Stream map matches no streams; No such filter: 'zscale'"
            })
    void shouldNotBelieveWhatAFilesOwnTextsSay(String text) throws Exception {
        String source = "color=black:size=64x64" + SHORT + ",drawbox=w=32:h=32:color=white:t=fill";
        String lines = (text + "\n").repeat(300);
        String[] told = {
            "-metadata", "comment=" + lines, "-metadata", "title=" + text, "-metadata:s:v", "title=" + lines, "-c:v"
        };
        for (String codec : List.of("libvpx", "libvpx-vp9")) {
            List<String> options = new ArrayList<>(List.of(told));
            options.add(codec);

            Frames frames = reader.read(video("a.mkv", source, options.toArray(String[]::new)), SQUARE);

            TestMedia.assertPixel(frames, 0, 16, 16, 1, 1, 1);
            TestMedia.assertPixel(frames, 3, 48, 48, -1, -1, -1);
        }
    }

    @Test
    void shouldRefuseATurnByHalves() throws Exception {
        Path stored = video("a.mp4", "color=black:size=64x64" + SHORT, "-c:v", "libopenh264");
        Path turned = TestMedia.copy(stored, directory.resolve("b.mp4"), "-display_rotation", "45");

        assertRefused(turned, "has a turn of 45.0 degrees; valid are multiples of 90");
    }

    /** Half grey in both ranges is half grey; black and white of the full range are the ends. */
    @ParameterizedTest
    @CsvSource({"pc, 0, -1", "pc, 255, 1", "pc, 128, 0", "tv, 16, -1", "tv, 235, 1", "tv, 126, 0"})
    void shouldKnowTheRangeOfColours(String range, int stored, float expected) throws Exception {
        Path file = video(
                "a.mkv",
                "color=black:size=64x64" + SHORT + ",geq=lum=" + stored + ":cb=128:cr=128,setparams=range=" + range,
                "-c:v",
                "libvpx-vp9",
                "-color_range",
                range,
                "-b:v",
                "2M");

        TestMedia.assertPixel(reader.read(file, SQUARE), 2, 32, 32, expected, expected, expected);
    }

    /** The same red, coded by three matrices; without a word HD is BT.709, and less is BT.601. */
    @ParameterizedTest
    @CsvSource({
        "bt709, 63, 102, 240, 64x64",
        "smpte170m, 81, 90, 240, 64x64",
        "unknown, 81, 90, 240, 640x480",
        "unknown, 63, 102, 240, 1280x720"
    })
    void shouldKnowTheMatrixOfColours(String matrix, int luma, int blue, int red, String size) throws Exception {
        Path file = video(
                "a.mkv",
                "color=black:size=" + size + SHORT + ",geq=lum=" + luma + ":cb=" + blue + ":cr=" + red
                        + ",setparams=range=tv:colorspace=" + matrix,
                "-c:v",
                "libvpx-vp9",
                "-deadline",
                "realtime",
                "-b:v",
                "2M");

        TestMedia.assertPixel(reader.read(file, SQUARE), 2, 32, 32, 1, -1, -1);
    }

    @Test
    void shouldRefuseAMatrixThatIsNotKnown() throws Exception {
        Path file = video(
                "a.mkv",
                "color=black:size=64x64" + SHORT + ",setparams=colorspace=ycgco",
                "-c:v",
                "libaom-av1",
                "-cpu-used",
                "8",
                "-colorspace",
                "ycgco");

        assertRefused(file, "has the colour matrix ycgco; valid are bt601, bt709, bt2020nc and RGB");
    }

    /** The white of a page (203 cd/m²), the grey of a card (26 cd/m²) and black, in PQ and in HLG. */
    @ParameterizedTest
    @CsvSource({
        "smpte2084, 573, 0.7, 1",
        "smpte2084, 388, -0.4, 0",
        "smpte2084, 64, -1, -0.98",
        "arib-std-b67, 721, 0.7, 1",
        "arib-std-b67, 397, -0.4, 0",
        "arib-std-b67, 64, -1, -0.98"
    })
    void shouldBringHdrIntoTheRangeOfAScreen(String transfer, int stored, float least, float most) throws Exception {
        Path file = hdr(transfer, stored);

        Frames frames = reader.read(file, SQUARE);

        assertThat(frames.values()[0]).isBetween(least, most);
        // Grey stays grey.
        int plane = 4 * 64 * 64;
        assertThat(frames.values()[plane]).isCloseTo(frames.values()[0], within(0.03f));
        assertThat(frames.values()[2 * plane]).isCloseTo(frames.values()[0], within(0.03f));
    }

    private Path hdr(String transfer, int luma) throws Exception {
        return video(
                "hdr.mp4",
                "color=gray:size=64x64" + SHORT + ",format=yuv420p10le,geq=lum=" + luma
                        + ":cb=512:cr=512,setparams=range=tv:color_primaries=bt2020:color_trc=" + transfer
                        + ":colorspace=bt2020nc",
                "-c:v",
                "libaom-av1",
                "-cpu-used",
                "8");
    }

    /** The same numbers mean a stronger red than in BT.709; nothing but the primaries may be said. */
    @ParameterizedTest
    @CsvSource({"bt2020, smpte170m", "smpte432, smpte170m", "smpte432, unknown", "smpte431, smpte170m"})
    void shouldConvertWideColours(String primaries, String matrix) throws Exception {
        Path file = video(
                "a.mkv",
                "color=0xB46464:size=64x64" + SHORT + ",setparams=color_primaries=" + primaries + ":colorspace="
                        + matrix,
                "-c:v",
                "libaom-av1",
                "-cpu-used",
                "8");

        Frames frames = reader.read(file, SQUARE);

        int plane = 4 * 64 * 64;
        assertThat(frames.values()[0]).as("red").isGreaterThan(0xB4 / 127.5f - 1 + 0.01f);
        assertThat(frames.values()[plane]).as("green").isLessThan(0x64 / 127.5f - 1 - 0.01f);
    }

    /** As some programs write it: the transfer is named, and nothing else. */
    @Test
    void shouldTakeHdrOfWhichLittleIsSaid() throws Exception {
        Path file = video(
                "a.mkv",
                "color=gray:size=64x64" + SHORT
                        + ",format=yuv420p10le,geq=lum=573:cb=512:cr=512,setparams=color_trc=smpte2084",
                "-c:v",
                "libaom-av1",
                "-cpu-used",
                "8");

        assertThat(reader.read(file, SQUARE).values()[0]).isBetween(0.7f, 1f);
    }

    @Test
    void shouldRefuseATransferThatIsNotKnown() throws Exception {
        Path file = video(
                "a.mkv",
                "color=black:size=64x64" + SHORT + ",setparams=color_trc=log100",
                "-c:v",
                "libaom-av1",
                "-cpu-used",
                "8");

        assertRefused(file, "has the transfer characteristic log100; valid are those of SDR, PQ and HLG");
    }

    /** Frames every third of a second, then every 25th: the clip has what is shown at its own times. */
    @Test
    void shouldTakeFramesByTheirTimes() throws Exception {
        Path file = video(
                "a.mkv",
                "color=black:size=64x64:rate=25:duration=2,geq=lum='if(lt(T,1),60,200)':cb=128:cr=128,"
                        + "select='gte(t,1)+not(mod(n,8))'",
                "-fps_mode",
                "vfr",
                "-c:v",
                "libvpx",
                "-b:v",
                "2M");

        Frames frames = reader.read(file, new FrameRequest(true, 16, 8, 64, 64, false));

        for (int i = 0; i < 16; i++) {
            float value = frames.values()[i * 64 * 64];
            assertThat(value).as("frame %d", i).isCloseTo(i < 8 ? -0.6f : 0.68f, within(0.06f));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 10", "240, 2", "30000/1001, 2", "1000, 1"})
    void shouldTakeEveryRate(String rate, int seconds) throws Exception {
        Path file = video("a.mkv", "color=white:size=64x64:rate=" + rate + ":duration=" + seconds, "-c:v", "libvpx");

        int frames = reader.readAll(file, new FrameRequest(true, 200, 8, 64, 64, false), directory.resolve("all"));

        assertThat(frames).isCloseTo(8 * seconds, within(8));
    }

    /** Odd rows are of one time, even rows of another: they must not show at once as a comb. */
    @Test
    void shouldMakeWholePicturesOfInterlacedOnes() throws Exception {
        Path file = video(
                "a.mov",
                "testsrc2=size=64x64:rate=48:duration=1,separatefields,"
                        + "select='eq(mod(n,4),0)+eq(mod(n,4),3)',weave,setfield=tff",
                "-c:v",
                "mpeg4",
                "-flags",
                "+ildct+ilme",
                "-q:v",
                "2");

        Frames interlaced = reader.read(file, SQUARE);

        double within = 0;
        double between = 0;
        for (int y = 0; y + 2 < 64; y++) {
            for (int x = 0; x < 64; x++) {
                float here = interlaced.values()[64 * y + x];
                between += Math.abs(here - interlaced.values()[64 * (y + 1) + x]);
                within += Math.abs(here - interlaced.values()[64 * (y + 2) + x]);
            }
        }
        // In a comb every second row is nearer than the next one.
        assertThat(between).isLessThan(within);
    }

    @Test
    void shouldRefuseTwoViewsInOnePicture() throws Exception {
        Path file = video(
                "a.mkv",
                "color=black:size=64x64" + SHORT,
                "-c:v",
                "libvpx",
                "-metadata:s:v:0",
                "stereo_mode=left_right");

        assertRefused(file, "has two views in one picture (side by side); valid are one view");
    }

    private Path video(String name, String source, String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of(options));
        return TestMedia.make(directory.resolve(name), source, all.toArray(String[]::new));
    }

    private void assertRefused(Path file, String said) {
        assertThatThrownBy(() -> reader.read(file, SQUARE)).isInstanceOfSatisfying(MediaRefusedException.class, e -> {
            assertThat(e).hasMessage(said);
            assertThat(e.code()).isEqualTo("media_not_supported");
        });
    }
}
