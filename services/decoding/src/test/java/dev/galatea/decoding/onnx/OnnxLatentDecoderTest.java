package dev.galatea.decoding.onnx;

import java.nio.file.Path;
import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.failure.RetryableException;
import dev.galatea.onnx.OnnxConfigs;
import dev.galatea.onnx.OnnxModel;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.onnx.OnnxSignature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class OnnxLatentDecoderTest {

    private static final Path MODEL = Path.of("src/test/resources/bundles/tiny/decoder.onnx");

    @Test
    void shouldRunTheModel_forAnyShape() throws Exception {
        OnnxRuntime runtime =
                new OnnxRuntime(OnnxConfigs.of(Map.of("galatea.onnx.threads", "1")), new SimpleMeterRegistry());
        try (OnnxModel model = runtime.open("decoder", MODEL, OnnxSignature.DECODER)) {
            OnnxLatentDecoder decoder = new OnnxLatentDecoder(model, 4);
            for (int width = 1; width < 4; width++) {
                float[] latents = new float[4 * 3 * 2 * width];
                for (int i = 0; i < latents.length; i++) {
                    latents[i] = i * 0.01f;
                }
                float[] frames = decoder.decode(latents, 3, 2, width);
                assertThat(frames).hasSize(3 * 6 * 8 * 4 * width);
                assertThat(frames[0]).isCloseTo((float) Math.tanh(latents[0]), within(1e-5f));
                int blue = 2 * 3 * 2 * width;
                assertThat(frames[2 * 6 * 8 * 4 * width]).isCloseTo((float) Math.tanh(latents[blue]), within(1e-5f));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "decoder: Error code - ORT_FAIL - message: Failed to allocate memory for requested buffer of size"
                        + " 8589934592",
                "decoder: Error code - ORT_RUNTIME_EXCEPTION - message: std::bad_alloc",
                "decoder: CUDA failure 2: out of memory ; GPU=0"
            })
    void shouldKnowTheWordsForNoMemory(String message) {
        assertThat(DecoderMemory.isOutOfMemory(new RetryableException("inference_failed", message, null)))
                .isTrue();
    }

    @Test
    void shouldNotTakeOtherFailuresForIt() {
        assertThat(DecoderMemory.isOutOfMemory(
                        new RetryableException("inference_failed", "decoder: node Conv_1 failed", null)))
                .isFalse();
    }
}
