package dev.galatea.denoising.diffusion;

import java.io.IOException;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.galatea.model.bundle.BundleManifest.Prediction;
import dev.galatea.model.tensor.Tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class PredictionsTest {

    private static final Tensor CLEAN = Tensor.f32(new long[] {3}, new float[] {0.5f, -1f, 2f});
    private static final Tensor NOISE = Tensor.f32(new long[] {3}, new float[] {1f, 0.25f, -0.75f});

    @Test
    void shouldAgreeWithDiffusers_onTheCleanLatents() throws IOException {
        for (JsonNode fixture : Fixtures.read("predictions.json")) {
            Prediction kind = kind(fixture.get("prediction").textValue());
            NoiseLevel level = new NoiseLevel(
                    fixture.get("alpha").floatValue(), fixture.get("sigma").floatValue());
            float[] expected = Fixtures.floats(fixture.get("clean"));
            float[] clean = Predictions.toClean(kind, tensor(fixture, "noisy"), tensor(fixture, "predicted"), level)
                    .floats();
            for (int i = 0; i < expected.length; i++) {
                assertThat(clean[i])
                        .as("%s at %s", kind, level)
                        .isCloseTo(expected[i], within(1e-5f * Math.max(1, Math.abs(expected[i]))));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldFindClipAndNoiseAgain_whenThePredictionIsTrue(Prediction kind) {
        NoiseLevel level = kind == Prediction.FLOW ? NoiseLevel.flow(0.4f) : new NoiseLevel(0.8f, 0.6f);
        Tensor noisy = level.noised(CLEAN, NOISE);
        Tensor truth = Predictions.of(kind, CLEAN, NOISE, level);

        assertThat(Predictions.toClean(kind, noisy, truth, level).floats())
                .containsExactly(CLEAN.floats(), within(1e-5f));
        assertThat(Predictions.toNoise(kind, noisy, truth, level).floats())
                .containsExactly(NOISE.floats(), within(1e-5f));
        assertThat(Predictions.toVelocity(kind, noisy, truth, level).floats())
                .containsExactly(Arithmetic.plus(NOISE, -1, CLEAN).floats(), within(1e-5f));
    }

    /** The definitions, written out for one element: clean 0.5, noise 1, α 0.8, σ 0.6. */
    @Test
    void shouldBeWhatItsDefinitionSays() {
        NoiseLevel level = new NoiseLevel(0.8f, 0.6f);
        assertThat(level.noised(CLEAN, NOISE).floats()[0]).isCloseTo(1f, within(1e-6f));
        assertThat(truth(Prediction.FLOW, level)).isCloseTo(0.5f, within(1e-6f));
        assertThat(truth(Prediction.EPSILON, level)).isCloseTo(1f, within(1e-6f));
        assertThat(truth(Prediction.V, level)).isCloseTo(0.5f, within(1e-6f)); // 0.8 · 1 − 0.6 · 0.5
        assertThat(truth(Prediction.SAMPLE, level)).isCloseTo(0.5f, within(1e-6f));
    }

    private static float truth(Prediction kind, NoiseLevel level) {
        return Predictions.of(kind, CLEAN, NOISE, level).floats()[0];
    }

    private static Tensor tensor(JsonNode fixture, String field) {
        float[] floats = Fixtures.floats(fixture.get(field));
        return Tensor.f32(new long[] {floats.length}, floats);
    }

    static Prediction kind(String wireName) {
        for (Prediction kind : Prediction.values()) {
            if (kind.wireName().equals(wireName)) {
                return kind;
            }
        }
        throw new AssertionError(wireName);
    }
}
