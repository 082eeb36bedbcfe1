package dev.galatea.decoding.clip;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.clips.ClipFiles;
import dev.galatea.clips.video.FfmpegEncoder;
import dev.galatea.clips.video.H264Encoder;
import dev.galatea.clips.video.VideoFormat;
import dev.galatea.decoding.tiling.DecoderMemoryException;
import dev.galatea.decoding.tiling.LatentDecoder;
import dev.galatea.decoding.tiling.LatentGeometry;
import dev.galatea.decoding.tiling.TileDecoder;
import dev.galatea.decoding.tiling.TileSize;
import dev.galatea.media.FfmpegBinaries;
import dev.galatea.media.FfmpegSandbox;
import dev.galatea.media.ProcessLimits;
import dev.galatea.model.failure.CancelledException;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ClipDecoderTest {

    private static final LatentGeometry GEOMETRY = new LatentGeometry(3, 8, 6, 8, 4, 2, false);
    private static final ClipRequest REQUEST =
            new ClipRequest(GEOMETRY, new TileSize(4, 6, 8, 1, 1, 1), new VideoFormat(32, 24, 8, 14));
    private static final ClipRequest IN_CHUNKS =
            new ClipRequest(GEOMETRY, new TileSize(4, 6, 8, 0, 1, 1), REQUEST.format(), true);
    private static FfmpegEncoder ffmpeg;

    @TempDir
    Path directory;

    private final List<String> reports = new ArrayList<>();

    private static final ScheduledExecutorService WATCHDOG = Executors.newSingleThreadScheduledExecutor();

    @BeforeAll
    static void start() throws IOException {
        FfmpegSandbox sandbox =
                FfmpegSandbox.confined(FfmpegBinaries.bundled(), new ProcessLimits(0, Duration.ofHours(1), 1L << 36));
        ffmpeg = new FfmpegEncoder(sandbox, H264Encoder.LIBOPENH264, Duration.ofMinutes(1), waited -> {}, WATCHDOG);
    }

    @AfterAll
    static void stop() {
        WATCHDOG.shutdownNow();
    }

    @Test
    void shouldMakeTheSameFiles_whenTheLatentsAreTheSame() throws Exception {
        ClipFiles first = decode(ClipDecoderTest::repeat, "first");
        ClipFiles second = decode(ClipDecoderTest::repeat, "second");
        assertThat(first.frames()).isEqualTo(16);
        assertThat(first.video()).hasSameBinaryContentAs(second.video()).isNotEmptyFile();
        assertThat(first.thumbnail()).hasSameBinaryContentAs(second.thumbnail()).isNotEmptyFile();
        assertThat(first.spritesheet())
                .hasSameBinaryContentAs(second.spritesheet())
                .isNotEmptyFile();
        assertThat(first.grid().pictures()).isEqualTo(16);
    }

    @Test
    void shouldReportFrames_upToTheLast() throws Exception {
        decode(ClipDecoderTest::repeat, "clip");
        assertThat(reports).hasSize(8).startsWith("2/16").endsWith("16/16");
    }

    @Test
    void shouldHalveTiles_untilTheyFit() throws Exception {
        List<String> tried = new ArrayList<>();
        LatentDecoder small = (latents, frames, height, width) -> {
            tried.add(frames + "x" + height + "x" + width);
            if (frames * height * width > 20) {
                throw new DecoderMemoryException("no room", new OutOfMemoryError());
            }
            return repeat(latents, frames, height, width);
        };
        ClipFiles clip = decode(small, "clip");
        assertThat(tried).startsWith("4x6x8", "4x3x4", "4x2x2");
        assertThat(clip.video())
                .hasSameBinaryContentAs(decode(ClipDecoderTest::repeat, "whole").video());
    }

    @Test
    void shouldShortenChunksBeforeTiles_whenTheDecoderCarriesAState() throws Exception {
        Carrying small = new Carrying(24);
        ClipFiles clip = decode(IN_CHUNKS, small, "clip");
        assertThat(small.tried).startsWith("4x6x8", "2x6x8", "1x6x8", "1x3x4").doesNotContain("1x2x2");
        assertThat(small.open).isZero();
        assertThat(clip.video())
                .hasSameBinaryContentAs(decode(ClipDecoderTest::repeat, "whole").video());
    }

    @Test
    void shouldLetGoOfAllStates_whenNoChunkFits() {
        Carrying none = new Carrying(0);
        assertThatThrownBy(() -> decode(IN_CHUNKS, none, "clip"))
                .isInstanceOfSatisfying(
                        RetryableException.class, e -> assertThat(e.code()).isEqualTo("out_of_memory"));
        assertThat(none.tried).endsWith("1x2x2");
        assertThat(none.open).isZero();
    }

    @Test
    void shouldGiveUp_whenNoTileFits() {
        LatentDecoder none = (latents, frames, height, width) -> {
            throw new DecoderMemoryException("no room", new OutOfMemoryError());
        };
        assertThatThrownBy(() -> decode(none, "clip"))
                .isInstanceOfSatisfying(
                        RetryableException.class, e -> assertThat(e.code()).isEqualTo("out_of_memory"));
        assertThat(directory.resolve("clip")).isEmptyDirectory();
    }

    @Test
    void shouldRefuseFramesThatAreNoNumbers() {
        LatentDecoder broken = (latents, frames, height, width) -> {
            float[] pixels = repeat(latents, frames, height, width);
            Arrays.fill(pixels, Float.NaN);
            return pixels;
        };
        assertThatThrownBy(() -> decode(broken, "clip"))
                .isInstanceOf(PoisonException.class)
                .hasMessageContaining("frame 0 has values that are not finite");
        assertThat(directory.resolve("clip")).isEmptyDirectory();
    }

    @Test
    void shouldLeaveNothing_whenStoppedBetweenTiles() {
        int[] tiles = {0};
        ClipObserver impatient = new ClipObserver() {
            @Override
            public void beforeTile() throws CancelledException {
                if (tiles[0]++ == 1) {
                    throw new CancelledException("not wanted any more");
                }
            }

            @Override
            public void framesDone(int done, int all) {}

            @Override
            public void uploading(long bytes) {}
        };
        assertThatThrownBy(() -> new ClipDecoder(ffmpeg)
                        .decode(REQUEST, latents(), ClipModels.of(ClipDecoderTest::repeat), impatient, make("clip")))
                .isInstanceOf(CancelledException.class);
        assertThat(directory.resolve("clip")).isEmptyDirectory();
    }

    private ClipFiles decode(LatentDecoder decoder, String name) throws Exception {
        return decode(REQUEST, decoder, name);
    }

    private ClipFiles decode(ClipRequest request, LatentDecoder decoder, String name) throws Exception {
        ClipObserver observer = new ClipObserver() {
            @Override
            public void beforeTile() {}

            @Override
            public void framesDone(int done, int all) {
                reports.add(done + "/" + all);
            }

            @Override
            public void uploading(long bytes) {}
        };
        return new ClipDecoder(ffmpeg).decode(request, latents(), ClipModels.of(decoder), observer, make(name));
    }

    private Path make(String name) throws IOException {
        return Files.createDirectories(directory.resolve(name));
    }

    private static float[] latents() {
        Random random = new Random(7);
        float[] latents = new float[GEOMETRY.elements()];
        for (int i = 0; i < latents.length; i++) {
            latents[i] = random.nextFloat() * 2 - 1;
        }
        return latents;
    }

    /** Every latent position becomes 4x4 pixels in 2 frames. */
    private static float[] repeat(float[] latents, int frames, int height, int width) {
        float[] pixels = new float[3 * frames * 2 * height * 4 * width * 4];
        int to = 0;
        for (int c = 0; c < 3; c++) {
            for (int f = 0; f < frames * 2; f++) {
                for (int y = 0; y < height * 4; y++) {
                    for (int x = 0; x < width * 4; x++) {
                        pixels[to++] = latents[((c * frames + f / 2) * height + y / 4) * width + x / 4];
                    }
                }
            }
        }
        return pixels;
    }

    /** Says that it carries a state, and has room for so many latent positions at once. */
    private static final class Carrying implements LatentDecoder {

        private final int room;
        private final List<String> tried = new ArrayList<>();
        private int open;

        Carrying(int room) {
            this.room = room;
        }

        @Override
        public float[] decode(float[] latents, int frames, int height, int width) throws DecoderMemoryException {
            tried.add(frames + "x" + height + "x" + width);
            if (frames * height * width > room) {
                throw new DecoderMemoryException("no room", new OutOfMemoryError());
            }
            return repeat(latents, frames, height, width);
        }

        @Override
        public boolean carriesState() {
            return true;
        }

        @Override
        public TileDecoder begin(int height, int width) {
            open++;
            return new TileDecoder() {
                @Override
                public float[] decode(float[] latents, int frames) throws DecoderMemoryException {
                    return Carrying.this.decode(latents, frames, height, width);
                }

                @Override
                public void close() {
                    open--;
                }
            };
        }
    }
}
