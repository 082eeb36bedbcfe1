package dev.galatea.encoding.media;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Files that mean harm: each is refused, with a reason and in time. */
class HostileMediaTest {

    private static final long MEMORY = 1_610_612_736;
    private static final long WORK = 2_147_483_648L;
    private static final FrameRequest PICTURE = new FrameRequest(false, 1, 24, 64, 64, false);
    private static final FrameRequest VIDEO = new FrameRequest(true, 8, 24, 64, 64, false);

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "50000, 50000, has 50000x50000 pixels",
        "1, 100000, has 1x100000 pixels",
        "100000, 1, has 100000x1 pixels",
        "8192, 8192, and 33554432 in all",
        "-1, 5, has 2147483647x5 pixels"
    })
    void shouldRefuseLargePictures_beforeTheyAreDecoded(int width, int height, String said) throws Exception {
        Path bomb = Files.write(directory.resolve("bomb.png"), png(width, height));

        assertRefused(bomb, PICTURE, "media_too_large", said);
    }

    @Test
    void shouldRefuseLongVideos_beforeTheyAreDecoded() throws Exception {
        String source = "color=size=16x16:rate=100:duration=100";
        Path counted = TestMedia.make(directory.resolve("long.mp4"), source, "-c:v", "libopenh264");
        Path timed = TestMedia.make(directory.resolve("long.webm"), source, "-c:v", "libvpx", "-b:v", "20k");

        assertRefused(counted, VIDEO, "media_too_large", "has more than 3600 frames; valid are up to 3600");
        assertRefused(timed, VIDEO, "media_too_large", "frames; valid are up to 3600");
    }

    /**
     * A file of a few kilobytes that takes minutes to decode is refused by the number of its pixels, not by the clock.
     */
    @Test
    void shouldRefuseWorkWithoutEnd_beforeItIsDecoded() throws Exception {
        Path large = TestMedia.make(
                directory.resolve("large.mp4"),
                "color=size=4096x2160:rate=30:duration=1",
                "-c:v",
                "mpeg4",
                "-g",
                "600");
        MediaReader reader = TestMedia.reader(new MediaLimits(
                8192, 33_554_432, 3600, 20L * 4096 * 2160, Duration.ofSeconds(30), Duration.ofSeconds(30), MEMORY));
        FrameRequest all = new FrameRequest(true, 100, 24, 64, 64, false);
        long start = System.nanoTime();

        assertThatThrownBy(() -> reader.readAll(large, all, directory.resolve("all")))
                .isInstanceOfSatisfying(MediaRefusedException.class, e -> assertThat(e)
                        .hasMessage("has 30 frames of 4096x2160 to decode; valid are up to 20 of this size"));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void shouldKillAReaderThatComputesForTooLong() throws Exception {
        Path large = TestMedia.make(
                directory.resolve("large.mp4"), "testsrc2=size=4096x2160:rate=30:duration=1.5", "-c:v", "mpeg4");
        MediaReader reader = TestMedia.reader(
                new MediaLimits(8192, 33_554_432, 3600, WORK, Duration.ofMinutes(2), Duration.ofSeconds(1), MEMORY));
        FrameRequest all = new FrameRequest(true, 100, 60, 4096, 2160, false);

        assertThatThrownBy(() -> reader.readAll(large, all, directory.resolve("all")))
                .isInstanceOfSatisfying(MediaRefusedException.class, e -> {
                    assertThat(e.code()).isEqualTo("media_too_slow");
                    assertThat(e).hasMessage("took more than 1 s of processor time to read");
                });
    }

    /** The frames that a clip does not need are not counted as work. */
    @Test
    void shouldCountOnlyTheWorkThatTheClipNeeds() throws Exception {
        Path longer = TestMedia.make(
                directory.resolve("longer.mp4"), "color=white:size=320x240:rate=24:duration=20", "-c:v", "libopenh264");
        MediaReader reader = TestMedia.reader(new MediaLimits(
                8192, 33_554_432, 3600, 60L * 320 * 240, Duration.ofSeconds(30), Duration.ofSeconds(30), MEMORY));

        assertThat(reader.read(longer, VIDEO).values()).hasSize(3 * 8 * 64 * 64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.png", "a.jpg", "a.webp"})
    void shouldRefuseHalfAPicture(String name) throws Exception {
        Path whole = TestMedia.picture(directory.resolve(name), "testsrc=size=320x240");

        assertRefused(half(whole), PICTURE, "media_broken", "");
    }

    @Test
    void shouldRefuseHalfAVideo() throws Exception {
        // Its index comes last.
        Path whole = TestMedia.make(
                directory.resolve("a.mp4"), "testsrc=size=64x64:rate=24:duration=1", "-c:v", "libopenh264");

        assertRefused(half(whole), VIDEO, "media_broken", "is cut: it has ");
    }

    @Test
    void shouldBelieveTheFirstBytes_notTheName() throws Exception {
        Path video = TestMedia.make(
                directory.resolve("a.mp4"), "testsrc=size=64x64:rate=24:duration=1", "-c:v", "libopenh264");
        Path picture = TestMedia.picture(directory.resolve("a.png"), "testsrc=size=64x64");
        Path named = Files.copy(picture, directory.resolve("b.webp"));

        assertRefused(Files.copy(video, directory.resolve("c.png")), PICTURE, "media_not_known", "JPEG, PNG, WEBP");
        assertRefused(Files.copy(picture, directory.resolve("d.mp4")), VIDEO, "media_not_known", "MP4, WEBM");
        assertThat(TestMedia.reader().read(named, PICTURE).values()).hasSize(3 * 64 * 64);
    }

    /** Whatever they are called, these make FFmpeg read other files or addresses if it is let choose. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
                "ffconcat version 1.0\nfile /etc/passwd\n",
                "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"></MPD>",
                "<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"file:///etc/passwd\"/></svg>",
                ""
            })
    void shouldRefuseWhatPointsElsewhere(String text) throws Exception {
        for (String name : new String[] {"a.m3u8", "a.mp4", "a.png"}) {
            Path file = Files.writeString(directory.resolve(name), text);

            assertRefused(file, VIDEO, "media_not_known", "is not a supported video by its first bytes");
            assertRefused(file, PICTURE, "media_not_known", "is not a supported picture by its first bytes");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'GIF89a', GIF",
        "'....ftypheic', HEIC",
        "'....ftypavif', AVIF",
        "'II*\0....', TIFF",
        "'RIFF....AVI ', RIFF (AVI or sound)"
    })
    void shouldNameFormatsThatAreNotRead(String head, String name) throws Exception {
        Path file = Files.writeString(directory.resolve("other"), head + "................", ISO_8859_1);

        assertRefused(file, PICTURE, "media_not_known", "(it is " + name + "); valid are JPEG, PNG, WEBP");
        assertRefused(file, VIDEO, "media_not_known", "(it is " + name + "); valid are MP4, WEBM");
    }

    @Test
    void shouldNameCodecsThatAreNotRead() throws Exception {
        Path file = TestMedia.make(
                directory.resolve("a.mov"), "testsrc=size=64x64:rate=24:duration=1", "-c:v", "prores_ks");

        assertRefused(file, VIDEO, "media_not_supported", "has the video codec prores; valid in MP4 are h264, hevc");
    }

    @Test
    void shouldRefuseAPlaylistInAVideosClothes() throws Exception {
        byte[] playlist = "\0\0\0\u0018ftypisom#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n".getBytes(ISO_8859_1);

        assertRefused(Files.write(directory.resolve("a.mp4"), playlist), VIDEO, "media_broken", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.png", "a.jpg", "a.webp", "a.mp4", "a.webm"})
    void shouldSurviveAltered_bytes(String name) throws Exception {
        boolean video = name.endsWith("mp4") || name.endsWith("webm");
        Path whole = video
                ? TestMedia.make(
                        directory.resolve(name),
                        "testsrc=size=64x64:rate=24:duration=1",
                        "-c:v",
                        name.endsWith("mp4") ? "libopenh264" : "libvpx")
                : TestMedia.picture(directory.resolve(name), "testsrc=size=64x64");
        byte[] good = Files.readAllBytes(whole);
        for (int seed = 0; seed < 5; seed++) {
            Random random = new Random(seed);
            byte[] bad = good.clone();
            for (int i = 0; i < 1 + good.length / 100; i++) {
                bad[16 + random.nextInt(bad.length - 16)] = (byte) random.nextInt();
            }
            Path file = Files.write(directory.resolve("bad"), bad);
            try {
                FrameRequest request = video ? VIDEO : PICTURE;
                assertThat(TestMedia.reader().read(file, request).values()).hasSize(3 * request.frames() * 64 * 64);
            } catch (MediaRefusedException e) {
                assertThat(e.code()).as("seed %d", seed).isIn("media_broken", "media_too_large", "media_not_supported");
                assertThat(e.getMessage()).hasSizeLessThan(400).doesNotContain(directory.toString());
            }
        }
    }

    @Test
    void shouldKillAReaderThatTakesTooLong() throws Exception {
        Path file = TestMedia.picture(directory.resolve("a.png"), "testsrc=size=64x64");
        MediaReader hasty = TestMedia.reader(
                new MediaLimits(8192, 1 << 24, 3600, WORK, Duration.ofMillis(1), Duration.ofSeconds(30), MEMORY));

        assertThatThrownBy(() -> hasty.read(file, PICTURE))
                .isInstanceOfSatisfying(
                        MediaRefusedException.class, e -> assertThat(e.code()).isEqualTo("media_too_slow"));
    }

    @Test
    void shouldNotTakeMoreMemoryThanItMay() throws Exception {
        Path file = TestMedia.picture(directory.resolve("a.png"), "color=size=5000x5000");
        MediaReader small = TestMedia.reader(new MediaLimits(
                8192, 33_554_432, 3600, WORK, Duration.ofSeconds(30), Duration.ofSeconds(30), 50_000_000));

        assertThat(TestMedia.reader().read(file, PICTURE).values()).hasSize(3 * 64 * 64);
        assertThatThrownBy(() -> small.read(file, PICTURE))
                .isInstanceOfSatisfying(
                        MediaRefusedException.class, e -> assertThat(e.code()).isEqualTo("media_broken"));
    }

    private static void assertRefused(Path file, FrameRequest request, String code, String said) {
        assertThatThrownBy(() -> TestMedia.reader().read(file, request))
                .isInstanceOfSatisfying(MediaRefusedException.class, e -> {
                    assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
                    assertThat(e.getMessage()).contains(said).doesNotContain(file.toString());
                });
    }

    private Path half(Path file) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        return Files.write(directory.resolve("half"), Arrays.copyOf(bytes, bytes.length / 2));
    }

    /** A PNG that claims a size, and has next to no pixels. */
    private static byte[] png(int width, int height) {
        ByteBuffer header =
                ByteBuffer.allocate(17).putInt(0x49484452).putInt(width).putInt(height);
        header.put(new byte[] {8, 2, 0, 0, 0});
        CRC32 crc = new CRC32();
        crc.update(header.array());
        return ByteBuffer.allocate(8 + 4 + 17 + 4)
                .put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'})
                .putInt(13)
                .put(header.array())
                .putInt((int) crc.getValue())
                .array();
    }
}
