package dev.galatea.encoding.media;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Files that an upload or a full disk cut off, and those that only look like it. */
class CutMediaTest {

    private static final String SOURCE = "testsrc=size=64x64:rate=24:duration=2";
    private static final FrameRequest VIDEO = new FrameRequest(true, 8, 24, 64, 64, false);
    private static final FrameRequest ALL = new FrameRequest(true, 100, 24, 64, 64, false);
    private static final FrameRequest PICTURE = new FrameRequest(false, 1, 24, 64, 64, false);

    private final MediaReader reader = TestMedia.reader();

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "a.webm, -c:v libvpx -b:v 200k",
        "a.webm, -c:v libvpx-vp9 -b:v 200k -g 6",
        "a.webm, -c:v libvpx -b:v 200k -live 1 -cluster_time_limit 5000",
        "a.mkv, -c:v libopenh264 -cluster_time_limit 200",
        "a.mp4, -c:v libopenh264",
        "a.mp4, -c:v libopenh264 -movflags +faststart",
        "a.mp4, -c:v libopenh264 -g 6 -movflags +frag_keyframe+empty_moov",
        "a.mov, -c:v mpeg4 -movflags +faststart"
    })
    void shouldRefuseVideos_thatAreCutAnywhere(String name, String options) throws Exception {
        byte[] whole = Files.readAllBytes(TestMedia.make(directory.resolve(name), SOURCE, options.split(" ")));
        Random random = new Random(1);
        for (int percent : new int[] {95, 90, 75, 50, 25}) {
            int length = (int) (whole.length * (percent / 100.0)) - random.nextInt(20);

            assertCut(Arrays.copyOf(whole, length), VIDEO, "%s at %d %%".formatted(options, percent));
        }
    }

    /** The cut lies between two pictures: what is there can be decoded without a fault. */
    @ParameterizedTest
    @CsvSource({
        "a.webm, -c:v libvpx -b:v 200k",
        "a.mkv, -c:v libopenh264",
        "a.mp4, -c:v libopenh264 -movflags +faststart",
        "a.mov, -c:v mpeg4 -movflags +faststart"
    })
    void shouldRefuseVideos_thatAreCutBetweenPictures(String name, String options) throws Exception {
        Path file = TestMedia.make(directory.resolve(name), SOURCE, options.split(" "));
        byte[] whole = Files.readAllBytes(file);

        for (int picture : new int[] {8, 24, 47}) {
            int begin = TestMedia.positions(file).get(picture).intValue();
            assertCut(Arrays.copyOf(whole, begin), VIDEO, "%s before picture %d".formatted(options, picture));
        }
    }

    /** As browsers and streaming servers write them: nobody knows yet how long it will be. */
    @ParameterizedTest
    @CsvSource({
        "webm, false, -c:v libvpx -b:v 200k -cluster_time_limit 500",
        "webm, true, -c:v libvpx -b:v 200k -cluster_time_limit 500",
        "webm, true, -c:v libvpx-vp9 -b:v 200k -live 1",
        "matroska, true, -c:v libopenh264",
        "mp4, false, -c:v libopenh264 -movflags +frag_keyframe+empty_moov+default_base_moof",
        "mp4, false, -c:v libopenh264 -frag_duration 100000 -movflags +empty_moov"
    })
    void shouldReadRecordings_thatDoNotSayHowLongTheyAre(String format, boolean openClusters, String options)
            throws Exception {
        Path file = TestMedia.streamed(directory.resolve("live"), format, SOURCE, options.split(" "));
        if (openClusters) {
            assertThat(openClusters(file)).as("clusters").isPositive();
        }

        assertThat(reader.read(file, VIDEO).values()).hasSize(3 * 8 * 64 * 64);
        assertThat(reader.readAll(file, ALL, directory.resolve("all"))).isEqualTo(48);

        byte[] whole = Files.readAllBytes(file);
        assertCut(Arrays.copyOf(whole, whole.length * 2 / 3), VIDEO, options);
    }

    /** Writes "unknown" into the sizes of all clusters, as Chrome does; returns how many there are. */
    private static int openClusters(Path file) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        int clusters = 0;
        for (int at = 0; at + 5 < bytes.length; at++) {
            if (ByteBuffer.wrap(bytes, at, 4).getInt() == 0x1f43b675) {
                int length = Integer.numberOfLeadingZeros(bytes[at + 4] & 0xff) - 23;
                Arrays.fill(bytes, at + 5, at + 4 + length, (byte) 0xff);
                bytes[at + 4] = (byte) ((2 << 8 - length) - 1);
                clusters++;
            }
        }
        Files.write(file, bytes);
        return clusters;
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.webm", "a.mp4"})
    void shouldReadVideos_withSomethingBehindThem(String name) throws Exception {
        Path file = TestMedia.make(
                directory.resolve(name), SOURCE, "-c:v", name.endsWith("mp4") ? "libopenh264" : "libvpx");
        for (String more :
                new String[] {"\0\0\0", "--boundary--\r\n", "\u00ff".repeat(50), "SEFT and what a phone adds"}) {
            byte[] whole = Files.readAllBytes(file);
            Files.write(file, more.getBytes(ISO_8859_1), StandardOpenOption.APPEND);

            assertThat(reader.readAll(file, ALL, directory.resolve("all"))).isEqualTo(48);
            Files.write(file, whole);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a.webm, libvpx",
        "a.webm, libvpx-vp9",
        "a.mkv, libopenh264",
        "a.mp4, libopenh264",
        "a.mp4, mpeg4",
        "a.mov, mpeg4"
    })
    void shouldReadAVideoOfOnePicture(String name, String codec) throws Exception {
        Path file = TestMedia.make(directory.resolve(name), SOURCE, "-c:v", codec, "-frames:v", "1");

        for (int fps : new int[] {1, 8, 24}) {
            assertThat(reader.read(file, new FrameRequest(true, 8, fps, 64, 64, false))
                            .values())
                    .as("at %d pictures per second", fps)
                    .hasSize(3 * 8 * 64 * 64);
            assertThat(reader.readAll(file, new FrameRequest(true, 9, fps, 64, 64, false), directory.resolve("all")))
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.png", "a.jpg", "a.webp"})
    void shouldRefusePictures_thatAreCutAnywhere(String name) throws Exception {
        byte[] whole = Files.readAllBytes(TestMedia.picture(directory.resolve(name), "testsrc=size=320x240"));
        for (int missing : new int[] {20, whole.length / 20, whole.length / 4, whole.length / 2, whole.length - 200}) {
            assertCut(Arrays.copyOf(whole, whole.length - missing), PICTURE, "%s without %d".formatted(name, missing));
        }
    }

    private void assertCut(byte[] bytes, FrameRequest request, String what) throws Exception {
        Path file = Files.write(directory.resolve("cut"), bytes);
        assertThatThrownBy(() -> reader.read(file, request))
                .as(what)
                .isInstanceOfSatisfying(
                        MediaRefusedException.class, e -> assertThat(e.code()).isEqualTo("media_broken"));
    }
}
