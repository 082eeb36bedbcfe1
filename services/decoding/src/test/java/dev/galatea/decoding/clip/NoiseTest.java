package dev.galatea.decoding.clip;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.clips.ClipFiles;
import dev.galatea.clips.video.FfmpegEncoder;
import dev.galatea.clips.video.H264Encoder;
import dev.galatea.clips.video.VideoFormat;
import dev.galatea.decoding.tiling.LatentDecoder;
import dev.galatea.decoding.tiling.LatentGeometry;
import dev.galatea.decoding.tiling.TileSize;
import dev.galatea.media.FfmpegBinaries;
import dev.galatea.media.FfmpegSandbox;
import dev.galatea.media.ProcessLimits;
import dev.galatea.model.failure.RetryableException;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Frames of noise, which OpenH264 can't take at a fine quantizer, become a clip at a coarser one. */
class NoiseTest {

    private static final int COMPRESSION = 8;
    private static final int LATENT_FRAMES = 9;
    private static final int WANTED = 12;

    @TempDir
    Path directory;

    private final ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stop() {
        watchdog.shutdownNow();
    }

    @ParameterizedTest
    @CsvSource({"96, 64, false", "96, 64, true", "192, 128, false", "192, 128, true"})
    void shouldMakeAClipOfWhiteNoise(int width, int height, boolean extremes) throws Exception {
        FfmpegBinaries binaries = FfmpegBinaries.bundled();
        ClipFiles clip = decode(binaries, width, height, noise(extremes));
        String said = run(binaries.command(new ArrayList<>(List.of(
                "ffprobe",
                "-v",
                "error",
                "-count_frames",
                "-show_streams",
                "-show_format",
                "-of",
                "flat",
                clip.video().toString()))));
        assertThat(said)
                .contains("nb_read_frames=\"" + LATENT_FRAMES + "\"")
                .contains("width=" + width, "height=" + height)
                .containsPattern("comment=\"H.264 quantizer (18|24|30|36|42|48|51) instead of 12\"");
        assertThat(clip.thumbnail()).isNotEmptyFile();
    }

    @Test
    void shouldNotTouchTheClip_whenTheWantedQuantizerWorks() throws Exception {
        decode(script("echo \"$@\" >> " + directory.resolve("runs")), 96, 64, noise(false));
        assertThat(runs())
                .singleElement()
                .asString()
                .contains("-qmin 12 -qmax 12")
                .doesNotContain("comment");
    }

    @Test
    void shouldGiveUp_whenNoQuantizerIsCoarseEnough() throws Exception {
        FfmpegBinaries never =
                script("echo \"$@\" >> " + directory.resolve("runs") + "; echo 'EncodeFrame failed' >&2; exit 171");
        assertThatThrownBy(() -> decode(never, 96, 64, noise(false)))
                .isInstanceOfSatisfying(
                        RetryableException.class, e -> assertThat(e.code()).isEqualTo("frames_too_detailed"))
                .hasMessageContaining("at quantizer 51");
        assertThat(runs())
                .extracting(run -> run.replaceAll(".*-qmin (\\d+) .*", "$1"))
                .containsExactly("12", "18", "24", "30", "36", "42", "48", "51");
    }

    @Test
    void shouldNotTryAgain_whenFfmpegFailsOfAnythingElse() throws Exception {
        FfmpegBinaries broken = script("echo \"$@\" >> " + directory.resolve("runs") + "; exit 3");
        assertThatThrownBy(() -> decode(broken, 96, 64, noise(false)))
                .isInstanceOfSatisfying(
                        RetryableException.class, e -> assertThat(e.code()).isEqualTo("ffmpeg_failed"));
        assertThat(runs()).hasSize(1);
    }

    private List<String> runs() throws IOException {
        return Files.readAllLines(directory.resolve("runs"));
    }

    private ClipFiles decode(FfmpegBinaries binaries, int width, int height, LatentDecoder decoder) throws Exception {
        LatentGeometry geometry =
                new LatentGeometry(1, LATENT_FRAMES, height / COMPRESSION, width / COMPRESSION, COMPRESSION, 1, false);
        ClipRequest request = new ClipRequest(
                geometry, new TileSize(4, 100, 100, 0, 0, 0), new VideoFormat(width, height, 8, WANTED));
        FfmpegSandbox sandbox = FfmpegSandbox.unconfined(binaries, new ProcessLimits(0, Duration.ofHours(1), 1L << 36));
        FfmpegEncoder encoder =
                new FfmpegEncoder(sandbox, H264Encoder.LIBOPENH264, Duration.ofMinutes(1), waited -> {}, watchdog);
        return new ClipDecoder(encoder)
                .decode(
                        request,
                        new float[geometry.elements()],
                        ClipModels.of(decoder),
                        new SilentObserver(),
                        Files.createDirectories(directory.resolve("clip")));
    }

    /** White noise over the whole range, or of nothing but -1 and 1. */
    private static LatentDecoder noise(boolean extremes) {
        Random random = new Random(7);
        return (latents, frames, height, width) -> {
            float[] pixels = new float[3 * frames * height * COMPRESSION * width * COMPRESSION];
            for (int i = 0; i < pixels.length; i++) {
                float value = random.nextFloat() * 2 - 1;
                pixels[i] = extremes ? Math.signum(value) : value;
            }
            return pixels;
        };
    }

    /** An FFmpeg that takes all frames and then does something. */
    private FfmpegBinaries script(String then) throws IOException {
        Path fake = Files.createDirectories(directory.resolve("bin")).resolve("ffmpeg");
        Files.writeString(fake, "#!/bin/sh\ncat > /dev/null\n" + then + "\n");
        assertThat(fake.toFile().setExecutable(true)).isTrue();
        return FfmpegBinaries.in(fake.getParent());
    }

    private static String run(ProcessBuilder command) throws Exception {
        Process process = command.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).isZero();
        return output;
    }

    /** Says nothing and never stops. */
    private static final class SilentObserver implements ClipObserver {

        @Override
        public void beforeTile() {}

        @Override
        public void framesDone(int done, int all) {}

        @Override
        public void uploading(long bytes) {}
    }
}
