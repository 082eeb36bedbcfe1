package dev.galatea.onnx;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.onnx.OnnxConfig.Provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OnnxModelTest {

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final OnnxRuntime runtime = new OnnxRuntime(new Config(Provider.CPU), metrics);

    @Test
    void shouldRunAndCountTime_whenInterfaceFits() throws Exception {
        DirectBuffer buffer = new DirectBuffer();
        try (OnnxModel model = runtime.open("decoder", fixture("doubling.onnx"), OnnxSignature.DECODER)) {
            assertThat(doubled(model, buffer, 1f, 2f, 3f)).containsExactly(2f, 4f, 6f);
            assertThat(doubled(model, buffer, 5f)).containsExactly(10f);
        }
        assertThat(metrics.get("galatea.onnx.run")
                        .tag("role", "decoder")
                        .timer()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void shouldNameEveryDifference_whenInterfaceDoesNotFit() {
        assertThatThrownBy(() -> runtime.open("decoder", fixture("integers.onnx"), OnnxSignature.DECODER))
                .isInstanceOfSatisfying(
                        PoisonException.class, e -> assertThat(e.code()).isEqualTo("model_interface"))
                .hasMessageContaining("input 'latents' is INT64 of rank 5; valid is FLOAT of rank 5")
                .hasMessageContaining("output 'frames' is INT64 of rank 5");
        assertThatThrownBy(() -> runtime.open("encoder", fixture("doubling.onnx"), OnnxSignature.ENCODER))
                .hasMessageContaining("input 'frames' is missing; the model has [latents]")
                .hasMessageContaining("input 'latents' is not known; valid are [frames]");
    }

    @Test
    void shouldSayUnreadable_whenFileIsNoModel(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("denoiser.onnx"), "not a model");
        assertThatThrownBy(() -> runtime.open("denoiser", file, OnnxSignature.DENOISER))
                .isInstanceOfSatisfying(
                        PoisonException.class, e -> assertThat(e.code()).isEqualTo("model_unreadable"));
    }

    @Test
    void shouldBePoison_whenInputHasAnotherRank() throws Exception {
        try (OnnxModel model = runtime.open("decoder", fixture("doubling.onnx"), OnnxSignature.DECODER);
                OnnxTensor flat = model.tensor(FloatBuffer.wrap(new float[2]), 2);
                OnnxTensor integers = model.tensor(LongBuffer.wrap(new long[2]), 1, 1, 1, 1, 2)) {
            assertThatThrownBy(() -> model.run(Map.of("latents", flat))).isInstanceOf(PoisonException.class);
            assertThatThrownBy(() -> model.run(Map.of("latents", integers))).isInstanceOf(PoisonException.class);
        }
    }

    @Test
    void shouldRefuseToStart_whenProviderIsNotInTheBuild() {
        assertThatIllegalStateException()
                .isThrownBy(() -> new OnnxRuntime(new Config(Provider.CUDA), metrics))
                .withMessageContaining("galatea.onnx.provider: 'cuda'")
                .withMessageContaining("CPU");
    }

    private static float[] doubled(OnnxModel model, DirectBuffer buffer, float... values)
            throws RetryableException, PoisonException {
        FloatBuffer input = buffer.floats(values.length).put(values).flip();
        try (OnnxTensor latents = model.tensor(input, 1, 1, 1, 1, values.length);
                OrtSession.Result result = model.run(Map.of("latents", latents))) {
            float[] frames = new float[values.length];
            OnnxModel.output(result, "frames").getFloatBuffer().get(frames);
            return frames;
        }
    }

    static Path fixture(String name) throws URISyntaxException {
        return Path.of(OnnxModelTest.class.getResource("/onnx/" + name).toURI());
    }

    record Config(Provider provider) implements OnnxConfig {
        @Override
        public int deviceId() {
            return 0;
        }

        @Override
        public int threads() {
            return 0;
        }

        @Override
        public boolean spinning() {
            return true;
        }
    }
}
