package dev.galatea.denoising.diffusion;

import java.io.IOException;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

import dev.galatea.model.bundle.BundleManifest.Prediction;
import dev.galatea.model.noise.TorchRandn;
import dev.galatea.model.tensor.Tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class FlowMatchRenoiseTest {

    private static final float TOLERANCE = 1e-5f;
    private static final long[] SHAPE = {24};

    @Test
    void shouldAgreeWithDiffusers_onNoiseAndPath() throws IOException {
        for (JsonNode fixture : Fixtures.read("flow-match-renoise.json")) {
            List<Double> sigmas = FlowMatchEulerTest.list(fixture.get("list"));
            long seed = fixture.get("seed").longValue();
            SigmaShift shift = SigmaShift.fixed(fixture.get("shift").doubleValue());
            Scheduler scheduler = new FlowMatchRenoise(
                    NoiseSchedule.flowMatching(sigmas, shift, 1000), Prediction.FLOW, StepNoise.seeded(seed));
            SolverState state = SolverState.noise(seed, SHAPE);
            for (int i = 0; i < sigmas.size(); i++) {
                Tensor predicted = UniPcTest.denoised(state.latents(), scheduler.timestep(i));
                state = scheduler.step(state, predicted);
                assertThat(state.latents().floats())
                        .as("%s, after %d", sigmas, i + 1)
                        .containsExactly(Fixtures.floats(fixture.get("path").get(i)), within(TOLERANCE));
            }
        }
    }

    @Test
    void shouldDrawFreshNoiseForEachStep_beginningWithTheRuns() {
        StepNoise noise = StepNoise.seeded(7);
        Tensor first = noise.before(1, SHAPE);

        assertThat(noise.before(0, SHAPE)).isEqualTo(TorchRandn.sample(7, SHAPE));
        assertThat(noise.before(1, SHAPE)).isEqualTo(first);
        assertThat(List.of(noise.before(0, SHAPE), first, noise.before(2, SHAPE)))
                .doesNotHaveDuplicates();
    }
}
