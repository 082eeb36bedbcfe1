package dev.galatea.decoding.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.decoding.tiling.LatentDecoder;
import dev.galatea.decoding.tiling.LatentGeometry;
import dev.galatea.decoding.tiling.TileDecoder;
import dev.galatea.decoding.tiling.TilePlan;
import dev.galatea.decoding.tiling.TileSize;
import dev.galatea.decoding.tiling.TiledDecoder;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.SafeTensorsFile;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.OnnxConfigs;
import dev.galatea.onnx.OnnxModel;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.onnx.OnnxSignature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** A causal decoder cut in time gives what numpy computed of the whole clip (make_causal_fixtures.py). */
class OnnxCausalDecoderTest {

    private static final Path FIXTURES = Path.of("src/test/resources/causal");
    private static final int CHANNELS = 4;
    private static final int SPATIAL = 2;
    private static final int TEMPORAL = 4;
    private static final float LIMIT = 1e-6f;
    private static final int WHOLE = 100;

    private OnnxModel model;
    private LatentDecoder decoder;
    private Tensor latents;
    private float[] expected;

    @BeforeEach
    void open() throws Exception {
        OnnxRuntime runtime =
                new OnnxRuntime(OnnxConfigs.of(Map.of("galatea.onnx.threads", "1")), new SimpleMeterRegistry());
        model = runtime.open("decoder", FIXTURES.resolve("decoder.onnx"), OnnxSignature.DECODER);
        decoder = new OnnxCausalDecoder(model, CHANNELS);
        SafeTensorsFile file = SafeTensors.read(Files.readAllBytes(FIXTURES.resolve("expected.safetensors")));
        latents = file.tensor("latents");
        expected = file.tensor("frames").floats();
    }

    @AfterEach
    void close() {
        model.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "1,1,1,1,1,1,1", "2,4,1", "3,4", "1,6"})
    void shouldGiveTheFramesOfTheWholeClip_whateverTheCuts(String cuts) throws Exception {
        int[] lengths =
                Arrays.stream(cuts.split(",")).mapToInt(Integer::parseInt).toArray();
        int height = (int) latents.shape()[2];
        int width = (int) latents.shape()[3];
        List<float[]> frames = new ArrayList<>();
        int at = 0;
        try (TileDecoder tile = decoder.begin(height, width)) {
            for (int length : lengths) {
                float[] pixels = tile.decode(part(at, length), length);
                List<float[]> chunk = frames(pixels, length * TEMPORAL);
                frames.addAll(at == 0 ? chunk.subList(TEMPORAL - 1, chunk.size()) : chunk);
                at += length;
            }
        }
        assertFrames(frames, LIMIT);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, WHOLE})
    void shouldStreamTheFramesInOrder_whateverTheChunk(int chunk) throws Exception {
        assertFrames(decode(latents, new TileSize(chunk, WHOLE, WHOLE, 0, 0, 0)), LIMIT);
    }

    @Test
    void shouldKeepAStateForEachTileInSpace() throws Exception {
        List<float[]> whole = decode(latents, new TileSize(WHOLE, 3, 3, 0, 1, 1));
        List<float[]> cut = decode(latents, new TileSize(1, 3, 3, 0, 1, 1));
        assertThat(cut).hasSameSizeAs(whole);
        for (int f = 0; f < cut.size(); f++) {
            assertThat(cut.get(f)).containsExactly(whole.get(f), within(LIMIT));
        }
        // These tiles overlap by less than a tile sees around itself.
        assertThatThrownBy(() -> assertFrames(cut, 1e-3f)).isInstanceOf(AssertionError.class);
    }

    @Test
    void shouldAgreeWithTheWhole_whenOneLatentFrameIsDecodedByItself() throws Exception {
        int height = (int) latents.shape()[2];
        int width = (int) latents.shape()[3];
        float[] pixels = decoder.decode(part(0, 1), 1, height, width);
        List<float[]> frames = frames(pixels, TEMPORAL);
        assertThat(frames.get(TEMPORAL - 1)).containsExactly(expectedFrame(0), within(LIMIT));
    }

    /** A state of these clips has 0.7 MB; if chunks left theirs behind, the long clip would take 270 MB more. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldTakeNoMoreMemory_whenTheClipIsLonger() throws Exception {
        residentAfter(60);
        long few = residentAfter(60);
        long many = residentAfter(460);
        assertThat(many - few).isLessThan(100L << 20);
    }

    /** Bytes of memory in use after a clip was decoded in chunks of one latent frame. */
    private long residentAfter(int latentFrames) throws Exception {
        int side = 48;
        LatentGeometry geometry = new LatentGeometry(CHANNELS, latentFrames, side, side, SPATIAL, TEMPORAL, true);
        float[] noise = new float[geometry.elements()];
        Random random = new Random(3);
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) random.nextGaussian();
        }
        long[] most = {0};
        TilePlan plan = TilePlan.inChunks(geometry, new TileSize(1, WHOLE, WHOLE, 0, 0, 0));
        new TiledDecoder(decoder, plan, () -> {}).decode(noise, (index, frame) -> {
            if (index % 100 == 0) {
                System.gc();
            }
            most[0] = Math.max(most[0], resident() - (long) noise.length * Float.BYTES);
        });
        return most[0];
    }

    private static long resident() {
        try {
            String pages = Files.readString(Path.of("/proc/self/statm")).split(" ")[1];
            return Long.parseLong(pages) * 4096;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<float[]> decode(Tensor clip, TileSize size) throws Exception {
        long[] shape = clip.shape();
        LatentGeometry geometry = new LatentGeometry(
                (int) shape[0], (int) shape[1], (int) shape[2], (int) shape[3], SPATIAL, TEMPORAL, true);
        List<float[]> frames = new ArrayList<>();
        new TiledDecoder(decoder, TilePlan.inChunks(geometry, size), () -> {}).decode(clip.floats(), (index, frame) -> {
            assertThat(index).isEqualTo(frames.size());
            frames.add(frame.clone());
        });
        return frames;
    }

    private void assertFrames(List<float[]> frames, float limit) {
        int count = 1 + ((int) latents.shape()[1] - 1) * TEMPORAL;
        assertThat(frames).hasSize(count);
        for (int f = 0; f < count; f++) {
            assertThat(frames.get(f)).as("frame " + f).containsExactly(expectedFrame(f), within(limit));
        }
    }

    private float[] expectedFrame(int index) {
        int count = 1 + ((int) latents.shape()[1] - 1) * TEMPORAL;
        return frames(expected, count).get(index);
    }

    /** [C, length, H, W] out of the clip's latents. */
    private float[] part(int from, int length) {
        long[] shape = latents.shape();
        int area = (int) (shape[2] * shape[3]);
        float[] all = latents.floats();
        float[] some = new float[CHANNELS * length * area];
        for (int c = 0; c < CHANNELS; c++) {
            System.arraycopy(all, (c * (int) shape[1] + from) * area, some, c * length * area, length * area);
        }
        return some;
    }

    /** Splits [3, count, H, W] into frames [3, H, W]. */
    private static List<float[]> frames(float[] pixels, int count) {
        int area = pixels.length / 3 / count;
        List<float[]> frames = new ArrayList<>();
        for (int f = 0; f < count; f++) {
            float[] frame = new float[3 * area];
            for (int c = 0; c < 3; c++) {
                System.arraycopy(pixels, (c * count + f) * area, frame, c * area, area);
            }
            frames.add(frame);
        }
        return frames;
    }
}
