package dev.galatea.encoding.onnx;

import java.nio.FloatBuffer;
import java.util.Map;
import java.util.function.DoublePredicate;
import java.util.stream.IntStream;

import jakarta.inject.Inject;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import dev.galatea.bundles.BundleFiles;
import dev.galatea.bundles.BundleRepository;
import dev.galatea.encoding.media.Frames;
import dev.galatea.onnx.DirectBuffer;
import dev.galatea.onnx.OnnxModel;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.onnx.OnnxSignature;
import dev.galatea.testsupport.SharedSystemResource;

import static org.assertj.core.api.Assertions.assertThat;

/** The shipped bundle's encoder, asked for what it was never trained on. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class LatentEncoderTest {

    private static final int SIZE = 32;

    @Inject
    OnnxRuntime runtime;

    @Inject
    BundleRepository bundles;

    @Test
    void shouldKeepLatentsWithinEightDeviations_andOthersAsTheyAre() throws Exception {
        try (OnnxModel model = open()) {
            Frames frames = halves(1);
            float[] unbounded = unbounded(model, frames);
            for (float times = 2; times < 1e6 && !exceedsBothWays(unbounded); times *= 2) {
                frames = halves(times);
                unbounded = unbounded(model, frames);
            }
            // Without these the test would say nothing.
            assertThat(exceedsBothWays(unbounded)).isTrue();
            assertThat(count(unbounded, value -> Math.abs(value) < 8)).isPositive();

            float[] latents = new LatentEncoder(
                            model, bundles.defaultBundle().manifest().latent(), 1)
                    .encode(frames)
                    .floats();

            float[] expected = unbounded.clone();
            for (int i = 0; i < expected.length; i++) {
                expected[i] = Math.max(-8, Math.min(8, expected[i]));
            }
            assertThat(latents).containsExactly(expected);
        }
    }

    private OnnxModel open() throws Exception {
        return runtime.open("encoder", BundleFiles.verified(bundles.defaultBundle(), "encoder"), OnnxSignature.ENCODER);
    }

    /** What the graph itself gives. */
    private static float[] unbounded(OnnxModel model, Frames frames) throws Exception {
        float[] values = frames.values();
        FloatBuffer input = new DirectBuffer().floats(values.length).put(values).flip();
        try (OnnxTensor tensor = model.tensor(input, 1, 3, frames.frames(), frames.height(), frames.width());
                OrtSession.Result result = model.run(Map.of("frames", tensor))) {
            FloatBuffer latents = OnnxModel.output(result, "latents").getFloatBuffer();
            float[] copy = new float[latents.remaining()];
            latents.get(copy);
            return copy;
        }
    }

    private static boolean exceedsBothWays(float[] values) {
        return count(values, value -> value > 8) > 0 && count(values, value -> value < -8) > 0;
    }

    private static long count(float[] values, DoublePredicate condition) {
        return IntStream.range(0, values.length)
                .mapToDouble(i -> values[i])
                .filter(condition)
                .count();
    }

    /** One latent frame's, half bright and half dark; beyond 1, what no pixel can be. */
    private Frames halves(float times) throws Exception {
        int frames = bundles.defaultBundle().manifest().latent().temporalCompression();
        float[] values = new float[3 * frames * SIZE * SIZE];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % SIZE < SIZE / 2 ? times : -times;
        }
        return new Frames(values, frames, SIZE, SIZE);
    }
}
