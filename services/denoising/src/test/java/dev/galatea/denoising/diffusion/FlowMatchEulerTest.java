package dev.galatea.denoising.diffusion;

import java.io.IOException;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

import dev.galatea.model.bundle.BundleManifest.Prediction;
import dev.galatea.model.tensor.Tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class FlowMatchEulerTest {

    private static final float TOLERANCE = 1e-5f;

    @Test
    void shouldAgreeWithDiffusers_onScheduleAndPath() throws IOException {
        for (JsonNode fixture : Fixtures.read("flow-match-euler.json")) {
            int steps = fixture.get("steps").intValue();
            NoiseSchedule schedule = NoiseSchedule.flowMatching(steps, shift(fixture), 1000);
            assertSchedule(schedule, fixture);

            SolverState state = new SolverState(0, tensor(fixture.get("start")));
            Scheduler scheduler = new FlowMatchEuler(schedule, Prediction.FLOW);
            for (int i = 0; i < steps; i++) {
                state = scheduler.step(state, tensor(fixture.get("predictions").get(i)));
                assertThat(state.latents().floats())
                        .as("%d steps, after %d", steps, i + 1)
                        .containsExactly(Fixtures.floats(fixture.get("path").get(i)), within(TOLERANCE));
            }
        }
    }

    @Test
    void shouldEstimateTheClip_whenPredictionIsTheTrueVelocity() {
        Tensor clip = Tensor.f32(new long[] {3}, new float[] {0.5f, -1f, 2f});
        Tensor noise = Tensor.f32(new long[] {3}, new float[] {1f, 0.25f, -0.75f});
        Tensor velocity = Arithmetic.plus(noise, -1, clip);
        NoiseSchedule schedule = NoiseSchedule.flowMatching(4, SigmaShift.fixed(2), 1000);
        Tensor noisy = Arithmetic.lerp(clip, noise, schedule.sigma(2));

        Scheduler scheduler = new FlowMatchEuler(schedule, Prediction.FLOW);
        assertThat(scheduler.estimate(new SolverState(2, noisy), velocity).floats())
                .containsExactly(clip.floats(), within(TOLERANCE));
    }

    @Test
    void shouldRefuseWithReason_whenParametersAreImpossible() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NoiseSchedule.flowMatching(0, SigmaShift.fixed(1), 1000))
                .withMessage("steps: must be 1 or more, was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SigmaShift.fixed(Double.NaN))
                .withMessageContaining("scheduler.shift");
    }

    private static void assertSchedule(NoiseSchedule schedule, JsonNode fixture) {
        for (int i = 0; i <= schedule.steps(); i++) {
            float expected = fixture.get("sigmas").get(i).floatValue();
            assertThat(schedule.sigma(i)).as("sigma %d", i).isCloseTo(expected, within(TOLERANCE));
        }
        for (int i = 0; i < schedule.steps(); i++) {
            float expected = fixture.get("timesteps").get(i).floatValue();
            assertThat(schedule.timestep(i)).as("timestep %d", i).isCloseTo(expected, within(expected * TOLERANCE));
        }
    }

    private static SigmaShift shift(JsonNode fixture) {
        return fixture.get("shift").isNull()
                ? SigmaShift.byTokens(fixture.get("tokens").longValue())
                : SigmaShift.fixed(fixture.get("shift").doubleValue());
    }

    private static Tensor tensor(JsonNode values) {
        float[] floats = Fixtures.floats(values);
        return Tensor.f32(new long[] {floats.length}, floats);
    }
}
