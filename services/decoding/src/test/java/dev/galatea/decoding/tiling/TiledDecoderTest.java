package dev.galatea.decoding.tiling;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.failure.CancelledException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TiledDecoderTest {

    private static final TileGate OPEN = () -> {};

    /** Any clip, any tiles: the result is exactly the one of a single tile, every frame and pixel of it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void shouldGiveTheWhole_whateverTheTiles(long seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < 25; i++) {
            LatentGeometry geometry = randomGeometry(random);
            TileSize size = randomTile(random);
            float[] latents = randomLatents(geometry, random);
            List<float[]> whole = decode(new FakeDecoder(geometry), geometry, wholeClip(geometry), latents);
            List<float[]> tiled = decode(new FakeDecoder(geometry), geometry, size, latents);
            assertThat(tiled).as("frames of %s in %s", geometry, size).hasSize(geometry.clipFrames());
            for (int f = 0; f < whole.size(); f++) {
                assertThat(tiled.get(f))
                        .as("frame %d of %s in %s", f, geometry, size)
                        .containsExactly(whole.get(f));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26})
    void shouldHoldFramesOfTheTileOnly_howeverLongTheClip(long seed) throws Exception {
        Random random = new Random(seed);
        boolean causal = random.nextBoolean();
        TileSize size = new TileSize(4, 3, 3, 2, 1, 1);
        for (int frames : new int[] {4, 16, 64, 256}) {
            LatentGeometry geometry = new LatentGeometry(1, frames, 4, 5, 2, 2, causal);
            TilePlan plan = new TilePlan(geometry, size);
            TiledDecoder decoder = new TiledDecoder(new FakeDecoder(geometry), plan, OPEN);
            int[] count = {0};
            decoder.decode(randomLatents(geometry, random), (index, frame) -> count[0]++);
            assertThat(count[0]).isEqualTo(geometry.clipFrames());
            int tileFrames = geometry.framesOf(4);
            assertThat(decoder.peakBuffers())
                    .as("buffers for %d latent frames", frames)
                    .isLessThanOrEqualTo(2 * tileFrames);
            assertThat(decoder.liveBuffers()).isZero();
        }
    }

    @Test
    void shouldEmitFramesBeforeTheLastTileIsDecoded() throws Exception {
        LatentGeometry geometry = new LatentGeometry(1, 12, 2, 2, 1, 1, false);
        FakeDecoder model = new FakeDecoder(geometry);
        TilePlan plan = new TilePlan(geometry, new TileSize(4, 2, 2, 1, 1, 1));
        List<Integer> callsAtFrame = new ArrayList<>();
        new TiledDecoder(model, plan, OPEN)
                .decode(new float[geometry.elements()], (index, frame) -> callsAtFrame.add(model.calls()));
        assertThat(callsAtFrame.get(0)).isEqualTo(1);
        assertThat(callsAtFrame).isSorted();
        assertThat(callsAtFrame.get(11)).isEqualTo(plan.tiles());
    }

    /** Tiles that disagree (each gives its number) must meet in a straight line, without a jump at a border. */
    @Test
    void shouldFadeLinearly_whenTilesDisagree() throws Exception {
        LatentGeometry geometry = new LatentGeometry(1, 1, 1, 10, 1, 1, false);
        int[] call = {0};
        LatentDecoder numbering = (latents, frames, height, width) -> {
            float[] pixels = new float[3 * width];
            java.util.Arrays.fill(pixels, call[0]++);
            return pixels;
        };
        List<float[]> frames = decode(numbering, geometry, new TileSize(1, 1, 7, 0, 0, 4), new float[10]);
        assertThat(java.util.Arrays.copyOf(frames.get(0), 10))
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(0f, 0f, 0f, 0.2f, 0.4f, 0.6f, 0.8f, 1f, 1f, 1f);
    }

    @Test
    void shouldFadeLinearlyInTime_whenTilesDisagree() throws Exception {
        LatentGeometry geometry = new LatentGeometry(1, 5, 1, 1, 1, 2, false);
        int[] call = {0};
        LatentDecoder numbering = (latents, frames, height, width) -> {
            float[] pixels = new float[3 * 2 * frames];
            java.util.Arrays.fill(pixels, call[0]++);
            return pixels;
        };
        List<float[]> frames = decode(numbering, geometry, new TileSize(3, 1, 1, 1, 0, 0), new float[5]);
        assertThat(frames)
                .extracting(frame -> frame[1])
                .usingElementComparator(TiledDecoderTest::roughly)
                .containsExactly(0f, 0f, 0f, 0f, 1 / 3f, 2 / 3f, 1f, 1f, 1f, 1f);
    }

    @Test
    void shouldStopBetweenTiles_whenTheGateCloses() {
        LatentGeometry geometry = new LatentGeometry(1, 8, 4, 4, 1, 1, false);
        FakeDecoder model = new FakeDecoder(geometry);
        TilePlan plan = new TilePlan(geometry, new TileSize(2, 2, 2, 1, 1, 1));
        TileGate closing = () -> {
            if (model.calls() == 5) {
                throw new CancelledException("enough");
            }
        };
        assertThatThrownBy(() -> new TiledDecoder(model, plan, closing)
                        .decode(new float[geometry.elements()], (index, frame) -> {}))
                .isInstanceOf(CancelledException.class);
        assertThat(model.calls()).isEqualTo(5);
    }

    private static List<float[]> decode(LatentDecoder model, LatentGeometry geometry, TileSize size, float[] latents)
            throws Exception {
        List<float[]> frames = new ArrayList<>();
        new TiledDecoder(model, new TilePlan(geometry, size), OPEN).decode(latents, (index, frame) -> {
            assertThat(index).isEqualTo(frames.size());
            frames.add(frame.clone());
        });
        return frames;
    }

    private static int roughly(float a, float b) {
        return Math.abs(a - b) < 1e-6f ? 0 : Float.compare(a, b);
    }

    private static TileSize wholeClip(LatentGeometry geometry) {
        return new TileSize(geometry.frames(), geometry.height(), geometry.width(), 0, 0, 0);
    }

    private static LatentGeometry randomGeometry(Random random) {
        return new LatentGeometry(
                1 + random.nextInt(4),
                1 + random.nextInt(13),
                1 + random.nextInt(9),
                1 + random.nextInt(9),
                1 + random.nextInt(3),
                1 + random.nextInt(4),
                random.nextBoolean());
    }

    private static TileSize randomTile(Random random) {
        int f = 1 + random.nextInt(6);
        int h = 1 + random.nextInt(6);
        int w = 1 + random.nextInt(6);
        return new TileSize(f, h, w, random.nextInt(f), random.nextInt(h), random.nextInt(w));
    }

    private static float[] randomLatents(LatentGeometry geometry, Random random) {
        float[] latents = new float[geometry.elements()];
        for (int i = 0; i < latents.length; i++) {
            latents[i] = (float) random.nextGaussian();
        }
        return latents;
    }
}
