package dev.galatea.encoding.onnx;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.encoding.media.Frames;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.SafeTensorsFile;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.OnnxConfigs;
import dev.galatea.onnx.OnnxModel;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.onnx.OnnxSignature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** A causal encoder cut in time gives what numpy computed of the whole clip (decoding's make_causal_fixtures.py). */
class CausalEncoderTest {

    private static final Path FIXTURES = Path.of("../decoding/src/test/resources/causal");
    private static final BundleManifest.Latent LATENT =
            new BundleManifest.Latent(4, 2, 4, true, 1, Collections.nCopies(4, 0.0), Collections.nCopies(4, 1.0));

    private final OnnxRuntime runtime =
            new OnnxRuntime(OnnxConfigs.of(Map.of("galatea.onnx.threads", "1")), new SimpleMeterRegistry());

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100})
    void shouldGiveTheLatentsOfTheWholeClip_whateverTheChunk(int chunk) throws Exception {
        SafeTensorsFile file = expected();
        Tensor latents = encode(file.tensor("clip"), chunk);
        Tensor whole = file.tensor("encoded");
        assertThat(latents.shape()).containsExactly(whole.shape());
        assertThat(latents.floats()).containsExactly(whole.floats(), within(1e-6f));
    }

    @Test
    void shouldEncodeAStill_asTheFirstLatentFrameOfItsClip() throws Exception {
        SafeTensorsFile file = expected();
        Tensor clip = file.tensor("clip");
        Tensor still = encode(part(clip, 1), 1);
        Tensor first = part(file.tensor("encoded"), 1);
        assertThat(still.shape()).containsExactly(first.shape());
        assertThat(still.floats()).containsExactly(first.floats(), within(1e-6f));
    }

    private Tensor encode(Tensor clip, int chunk) throws Exception {
        long[] shape = clip.shape();
        Frames frames = new Frames(clip.floats(), (int) shape[1], (int) shape[2], (int) shape[3]);
        try (OnnxModel model = runtime.open("encoder", FIXTURES.resolve("encoder.onnx"), OnnxSignature.ENCODER)) {
            return new LatentEncoder(model, LATENT, chunk).encode(frames);
        }
    }

    private static SafeTensorsFile expected() throws Exception {
        return SafeTensors.read(Files.readAllBytes(FIXTURES.resolve("expected.safetensors")));
    }

    /** [C, length, H, W] of [C, T, H, W]. */
    private static Tensor part(Tensor clip, int length) {
        long[] shape = clip.shape();
        int area = (int) (shape[2] * shape[3]);
        float[] some = new float[(int) shape[0] * length * area];
        for (int c = 0; c < shape[0]; c++) {
            System.arraycopy(clip.floats(), c * (int) shape[1] * area, some, c * length * area, length * area);
        }
        return Tensor.f32(new long[] {shape[0], length, shape[2], shape[3]}, some);
    }
}
