package dev.galatea.denoising.diffusion;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

import dev.galatea.model.tensor.Tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class GuidanceTest {

    private static final Guidance.Interval ALWAYS = new Guidance.Interval(0, 1000);
    private static final Tensor CONTEXT = Tensor.f32(new long[] {1, 1}, new float[1]);

    @Test
    void shouldRescaleAsDiffusers() throws IOException {
        for (JsonNode fixture : Fixtures.read("guidance-rescale.json")) {
            Guidance guidance = new Guidance(
                    Guidance.Scale.constant(fixture.get("scale").floatValue()),
                    ALWAYS,
                    fixture.get("rescale").floatValue(),
                    CONTEXT,
                    CONTEXT);
            List<Tensor> predictions = List.of(tensor(fixture.get("prompt")), tensor(fixture.get("negative")));
            assertThat(guidance.combine(500, predictions).floats())
                    .containsExactly(Fixtures.floats(fixture.get("guided")), within(1e-5f));
        }
    }

    @Test
    void shouldLeaveAPredictionWithoutSpread() {
        Guidance guidance = new Guidance(Guidance.Scale.constant(3), ALWAYS, 0.7f, CONTEXT, CONTEXT);
        Tensor flat = Tensor.f32(new long[] {2}, new float[] {1, 1});
        assertThat(guidance.combine(500, List.of(flat, flat))).isEqualTo(flat);
    }

    @Test
    void shouldHaveAScaleForEachExpert() {
        Guidance guidance = new Guidance(new Guidance.Scale(4, 1, 875), ALWAYS, 0, CONTEXT, CONTEXT);
        assertThat(guidance.contexts(875)).hasSize(2);
        assertThat(guidance.contexts(874)).hasSize(1);

        Guidance both = new Guidance(new Guidance.Scale(4, 3, 875), ALWAYS, 0, CONTEXT, CONTEXT);
        List<Tensor> predictions =
                List.of(Tensor.f32(new long[] {1}, new float[] {1}), Tensor.f32(new long[] {1}, new float[] {0}));
        assertThat(both.combine(999, predictions).floats()).containsExactly(4);
        assertThat(both.combine(875, predictions).floats()).containsExactly(4);
        assertThat(both.combine(874, predictions).floats()).containsExactly(3);
    }

    @Test
    void shouldAskTheExpertOfTheTimestep() {
        Tensor high = Tensor.f32(new long[] {1}, new float[] {1});
        Tensor low = Tensor.f32(new long[] {1}, new float[] {2});
        Denoiser experts = new ExpertDenoiser(batch -> List.of(high), batch -> List.of(low), 875);
        assertThat(experts.predict(List.of(new Denoiser.Input(high, 875, CONTEXT))))
                .containsExactly(high);
        assertThat(experts.predict(List.of(new Denoiser.Input(high, 874, CONTEXT))))
                .containsExactly(low);
    }

    @Test
    void shouldSplitBatches_whenMemoryIsShort() {
        Denoiser.Input input = new Denoiser.Input(CONTEXT, 5, CONTEXT);
        List<Integer> sizes = new ArrayList<>();
        Denoiser denoiser = batch -> {
            sizes.add(batch.size());
            return batch.stream().map(Denoiser.Input::latents).toList();
        };
        assertThat(new SplitDenoiser(denoiser, 1).predict(List.of(input, input)))
                .hasSize(2);
        assertThat(new SplitDenoiser(denoiser, 2).predict(List.of(input, input, input)))
                .hasSize(3);
        assertThat(sizes).containsExactly(1, 1, 2, 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SplitDenoiser(denoiser, 0))
                .withMessage("galatea.denoising.guidance-batch: is 0; valid are 1 and above");
    }

    private static Tensor tensor(JsonNode values) {
        float[] floats = Fixtures.floats(values);
        return Tensor.f32(new long[] {floats.length}, floats);
    }
}
