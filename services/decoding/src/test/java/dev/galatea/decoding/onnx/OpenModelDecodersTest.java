package dev.galatea.decoding.onnx;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.decoding.tiling.LatentGeometry;
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
import dev.galatea.testsupport.TinyBundles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Tiny decoders of the real architectures give the frames that diffusers' own pipelines made, whatever the chunk. */
class OpenModelDecodersTest {

    /** Of these decoders against {@code vae.decode}. */
    private static final float LIMIT = 1e-5f;

    private static final int TEMPORAL = 4;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        TinyBundles.WAN21 + ", text-to-video, 1",
        TinyBundles.WAN21 + ", text-to-video, 2",
        TinyBundles.WAN21 + ", text-to-video, 3",
        TinyBundles.WAN21 + ", text-to-video, 100",
        TinyBundles.WAN22 + ", text-to-video, 1",
        TinyBundles.WAN22 + ", first-frame-to-video, 2",
        TinyBundles.WAN22_A14B + ", text-to-video, 1"
    })
    void shouldGiveTheFramesOfThePipeline_whateverTheChunk(String name, String clip, int chunk) throws Exception {
        Path bundle = TinyBundles.copy(name, directory);
        SafeTensorsFile file = SafeTensors.read(Files.readAllBytes(bundle.resolve(clip + ".safetensors")));
        Tensor expected = file.tensor("frames.6");
        List<float[]> frames =
                decode(bundle.resolve("decoder.onnx"), file.tensor("latents.6"), expected.shape(), chunk);
        assertThat(frames).hasSize((int) expected.shape()[1]);
        for (int f = 0; f < frames.size(); f++) {
            assertThat(frames.get(f)).as("frame " + f).containsExactly(frame(expected, f), within(LIMIT));
        }
    }

    private static List<float[]> decode(Path model, Tensor latents, long[] clip, int chunk) throws Exception {
        long[] shape = latents.shape();
        int spatial = (int) (clip[2] / shape[2]);
        LatentGeometry geometry = new LatentGeometry(
                (int) shape[0], (int) shape[1], (int) shape[2], (int) shape[3], spatial, TEMPORAL, true);
        OnnxRuntime runtime =
                new OnnxRuntime(OnnxConfigs.of(Map.of("galatea.onnx.threads", "1")), new SimpleMeterRegistry());
        List<float[]> frames = new ArrayList<>();
        try (OnnxModel decoder = runtime.open("decoder", model, OnnxSignature.DECODER)) {
            assertThat(decoder.carriesState()).isTrue();
            TilePlan plan = TilePlan.inChunks(geometry, new TileSize(chunk, 100, 100, 0, 0, 0));
            new TiledDecoder(new OnnxCausalDecoder(decoder, geometry.channels()), plan, () -> {})
                    .decode(latents.floats(), (index, frame) -> frames.add(frame.clone()));
        }
        return frames;
    }

    /** [3, H, W] of [3, F, H, W]. */
    private static float[] frame(Tensor clip, int index) {
        int count = (int) clip.shape()[1];
        int area = (int) (clip.shape()[2] * clip.shape()[3]);
        float[] frame = new float[3 * area];
        for (int c = 0; c < 3; c++) {
            System.arraycopy(clip.floats(), (c * count + index) * area, frame, c * area, area);
        }
        return frame;
    }
}
