package dev.galatea.onnx;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.bundle.BundleManifest.FileEntry;
import dev.galatea.model.bundle.ChosenFile;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.Sha256;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class OnnxModelTest {

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final OnnxRuntime runtime = new OnnxRuntime(OnnxConfigs.of(Map.of()), metrics);

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

    /** The models double in 32 bits what they take in 16, so that each value is rounded at both borders only. */
    @ParameterizedTest
    @CsvSource({"doubling-f16.onnx, 0x1p-11", "doubling-bf16.onnx, 0x1p-8"})
    void shouldConvertAtTheBorder_whenTheModelHasFloatsOf16Bits(String file, float precision) throws Exception {
        float[] values = {1f, -0.3f, 1000.7f, 3.1415927f, 1e-3f};
        try (OnnxModel model = runtime.open("decoder", fixture(file), OnnxSignature.DECODER);
                OnnxTensor latents = model.tensor(FloatBuffer.wrap(values), 1, 1, 1, 1, values.length);
                OrtSession.Result result = model.run(Map.of("latents", latents))) {
            OnnxTensor frames = OnnxModel.output(result, "frames");
            assertThat(frames.getInfo().type).isNotEqualTo(OnnxJavaType.FLOAT);
            FloatBuffer doubled = OnnxModel.floats(frames);
            boolean rounded = false;
            for (float value : values) {
                float expected = 2 * value;
                float actual = doubled.get();
                assertThat(actual).isCloseTo(expected, within(Math.abs(expected) * precision));
                rounded |= actual != expected;
            }
            assertThat(rounded).as("16 bits do not hold these values").isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"doubling.onnx", "doubling-f16.onnx"})
    void shouldWriteTheOutputWhereThereIsRoom(String file) throws Exception {
        DirectBuffer room = new DirectBuffer();
        try (OnnxModel model = runtime.open("decoder", fixture(file), OnnxSignature.DECODER);
                OnnxTensor latents = model.tensor(FloatBuffer.wrap(new float[] {1, 2, 4}), 1, 1, 1, 1, 3)) {
            float[] doubled = new float[3];
            model.run(Map.of("latents", latents), "frames", room, 1, 1, 1, 1, 3).get(doubled);
            assertThat(doubled).containsExactly(2, 4, 8);

            assertThatThrownBy(() -> model.run(Map.of("latents", latents), "frames", room, 1, 1, 1, 3, 1))
                    .isInstanceOfSatisfying(
                            PoisonException.class, e -> assertThat(e.code()).isEqualTo("model_interface"));
        }
    }

    @Test
    void shouldNameEveryDifference_whenInterfaceDoesNotFit() {
        assertThatThrownBy(() -> runtime.open("decoder", fixture("integers.onnx"), OnnxSignature.DECODER))
                .isInstanceOfSatisfying(
                        PoisonException.class, e -> assertThat(e.code()).isEqualTo("model_interface"))
                .hasMessageContaining(
                        "input 'latents' is INT64 of rank 5; valid is FLOAT or FLOAT16 or BFLOAT16 of rank 5")
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

    /** As an exported denoiser of bfloat16 does on a machine without a GPU. */
    @Test
    void shouldSayWhatWouldHelp_whenTheProviderHasNoKernel() throws Exception {
        Path file = fixture("adding-in-bf16.onnx");
        String help = "galatea.onnx.provider is cpu, which has no kernel for it: models of bfloat16 need cuda";
        FileEntry entry = new FileEntry("decoder.onnx", null, Sha256.of(file), Files.size(file));
        ChosenFile decoder = new ChosenFile("decoder", "files.decoder", entry, null);
        assertThatThrownBy(() -> runtime.inspect(decoder, file, OnnxSignature.DECODER))
                .isInstanceOfSatisfying(PoisonException.class, e -> assertThat(OnnxRuntime.lacksKernel(e))
                        .isTrue())
                .hasMessageContaining(help);
        assertThatThrownBy(() -> runtime.open("decoder", file, OnnxSignature.DECODER))
                .isInstanceOf(PoisonException.class)
                .hasMessageContaining(help);
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
                .isThrownBy(() -> new OnnxRuntime(OnnxConfigs.of(Map.of("galatea.onnx.provider", "cuda")), metrics))
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
}
