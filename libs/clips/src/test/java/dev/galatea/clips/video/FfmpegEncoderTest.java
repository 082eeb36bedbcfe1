package dev.galatea.clips.video;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.media.FfmpegBinaries;
import dev.galatea.media.FfmpegSandbox;
import dev.galatea.media.ProcessLimits;
import dev.galatea.model.failure.RetryableException;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class FfmpegEncoderTest {

    private static final VideoFormat FORMAT = new VideoFormat(64, 48, 8, 14);
    private static final int FRAMES = 20;
    private static FfmpegBinaries binaries;

    @TempDir
    Path directory;

    private final List<Duration> waits = new ArrayList<>();
    private final ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor();
    private final FfmpegEncoder encoder = encoder(binaries, Duration.ofMinutes(1));

    @BeforeAll
    static void unpack() throws IOException {
        binaries = FfmpegBinaries.bundled();
    }

    @AfterEach
    void stop() {
        watchdog.shutdownNow();
    }

    @Test
    void shouldWriteWhatABrowserPlays() throws Exception {
        Path file = encode("clip.mp4");
        String stream = run("ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "flat", file.toString());
        assertThat(stream)
                .contains("codec_name=\"h264\"", "profile=\"High\"", "pix_fmt=\"yuv420p\"", "nb_read_frames=\"20\"")
                .contains("width=64", "height=48", "r_frame_rate=\"8/1\"", "avg_frame_rate=\"8/1\"")
                .contains("color_range=\"tv\"", "color_space=\"bt709\"", "color_primaries=\"bt709\"")
                .contains("color_transfer=\"bt709\"", "chroma_location=\"center\"")
                .contains("codec_tag_string=\"avc1\"", "duration=\"2.500000\"");
        List<String> boxes = Mp4Boxes.types(file);
        assertThat(boxes).startsWith("ftyp").contains("moov", "mdat");
        assertThat(boxes.indexOf("moov")).as("moov comes before mdat").isLessThan(boxes.indexOf("mdat"));
        assertThat(waits).hasSize(1).allMatch(wait -> !wait.isNegative() && !wait.isZero());
    }

    @Test
    void shouldWriteTheSameBytes_whenTheFramesAreTheSame() throws Exception {
        assertThat(encode("first.mp4")).hasSameBinaryContentAs(encode("second.mp4"));
    }

    @Test
    void shouldKeepTheColours() throws Exception {
        Path file = encode("clip.mp4");
        Path raw = directory.resolve("back.rgb");
        run(
                "ffmpeg",
                "-v",
                "error",
                "-i",
                file.toString(),
                "-vf",
                "scale=in_color_matrix=bt709:in_range=tv",
                "-pix_fmt",
                "rgb24",
                "-f",
                "rawvideo",
                raw.toString());
        byte[] pixels = Files.readAllBytes(raw);
        assertThat(pixels).hasSize(FRAMES * FORMAT.frameBytes());
        for (int f = 0; f < FRAMES; f++) {
            byte[] expected = frame(f);
            int corner = f * FORMAT.frameBytes();
            for (int c = 0; c < 3; c++) {
                assertThat(pixels[corner + c] & 0xff).isCloseTo(expected[c] & 0xff, within(4));
            }
        }
    }

    @Test
    void shouldSayThatTheDiskIsFull_andLeaveNoFile() throws Exception {
        Path full = Files.createSymbolicLink(directory.resolve("clip.mp4"), Path.of("/dev/full"));
        assertThatThrownBy(() -> encodeInto(full))
                .isInstanceOfSatisfying(
                        RetryableException.class, e -> assertThat(e.code()).isEqualTo("disk_full"))
                .hasMessageContaining("is full")
                .hasMessageContaining(directory.toString());
        assertThat(Files.exists(full, java.nio.file.LinkOption.NOFOLLOW_LINKS)).isFalse();
        assertThat(Path.of("/dev/full")).exists();
    }

    @Test
    void shouldKillTheProcessAndRemoveTheFile_whenClosedEarly() throws Exception {
        Path file = directory.resolve("clip.mp4");
        long before = children();
        ClipWriter writer = encoder.open(FORMAT, file);
        writer.write(frame(0));
        assertThat(children()).isGreaterThan(before);
        writer.close();
        assertThat(children()).isEqualTo(before);
        assertThat(file).doesNotExist();
    }

    @Test
    void shouldGiveUp_whenTheProcessDoesNotGoOn() throws Exception {
        FfmpegBinaries stuck = script("#!/bin/sh\nexec sleep 600\n");
        VideoFormat large = new VideoFormat(640, 480, 8, 14);
        FfmpegEncoder impatient = encoder(stuck, Duration.ofSeconds(1));
        try (ClipWriter writer = impatient.open(large, directory.resolve("clip.mp4"))) {
            assertThatThrownBy(() -> writer.write(new byte[large.frameBytes()]))
                    .isInstanceOfSatisfying(
                            RetryableException.class, e -> assertThat(e.code()).isEqualTo("ffmpeg_timeout"));
        }
    }

    @Test
    void shouldSayWhatFfmpegSaid_whenItFails() throws Exception {
        FfmpegBinaries broken = script("#!/bin/sh\necho 'I am unwell' >&2\nexit 3\n");
        FfmpegEncoder failing = encoder(broken, Duration.ofMinutes(1));
        try (ClipWriter writer = failing.open(FORMAT, directory.resolve("clip.mp4"))) {
            assertThatThrownBy(writer::finish)
                    .isInstanceOfSatisfying(
                            RetryableException.class, e -> assertThat(e.code()).isEqualTo("ffmpeg_failed"))
                    .hasMessageContaining("exit code 3")
                    .hasMessageContaining("I am unwell");
        }
    }

    @Test
    void shouldBoundWhatItKeeps_whenFfmpegTalksALot() throws Exception {
        FfmpegBinaries talking = script("#!/bin/sh\nyes 'no end of words' | head -c 10000000 >&2\nexit 1\n");
        FfmpegEncoder failing = encoder(talking, Duration.ofMinutes(1));
        try (ClipWriter writer = failing.open(FORMAT, directory.resolve("clip.mp4"))) {
            assertThatThrownBy(writer::finish)
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(10_000));
        }
    }

    @Test
    void shouldRefuseOddSizes() {
        assertThatThrownBy(() -> new VideoFormat(63, 48, 8, 14)).hasMessageContaining("width: must be even");
    }

    private Path encode(String name) throws Exception {
        return encodeInto(directory.resolve(name));
    }

    private Path encodeInto(Path file) throws Exception {
        try (ClipWriter writer = encoder.open(FORMAT, file)) {
            for (int f = 0; f < FRAMES; f++) {
                writer.write(frame(f));
            }
            writer.finish();
        }
        return file;
    }

    /** A red square that moves over a blue sky. */
    private static byte[] frame(int index) {
        byte[] rgb = new byte[FORMAT.frameBytes()];
        for (int y = 0; y < FORMAT.height(); y++) {
            for (int x = 0; x < FORMAT.width(); x++) {
                boolean square = y > 20 && y < 36 && x > 8 + index && x < 24 + index;
                int i = 3 * (y * FORMAT.width() + x);
                rgb[i] = (byte) (square ? 220 : 90);
                rgb[i + 1] = (byte) (square ? 40 : 150);
                rgb[i + 2] = (byte) (square ? 35 : 230);
            }
        }
        return rgb;
    }

    private FfmpegEncoder encoder(FfmpegBinaries of, Duration timeout) {
        FfmpegSandbox sandbox = FfmpegSandbox.unconfined(of, new ProcessLimits(0, Duration.ofHours(1), 1L << 36));
        return new FfmpegEncoder(sandbox, H264Encoder.LIBOPENH264, timeout, waits::add, watchdog);
    }

    private FfmpegBinaries script(String text) throws IOException {
        Path fake = Files.createDirectories(directory.resolve("bin")).resolve("ffmpeg");
        Files.writeString(fake, text);
        assertThat(fake.toFile().setExecutable(true)).isTrue();
        return FfmpegBinaries.in(fake.getParent());
    }

    private static String run(String... command) throws Exception {
        Process process = binaries.command(new ArrayList<>(Arrays.asList(command)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).isZero();
        return output;
    }

    private static long children() {
        try (Stream<ProcessHandle> children = ProcessHandle.current().children()) {
            return children.filter(ProcessHandle::isAlive).count();
        }
    }
}
