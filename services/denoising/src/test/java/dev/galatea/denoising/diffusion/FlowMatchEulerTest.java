package dev.galatea.denoising.diffusion;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

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
            assertPath(schedule, fixture);
        }
    }

    @Test
    void shouldAgreeWithDiffusers_whenTheManifestListsTheSteps() throws IOException {
        for (JsonNode fixture : Fixtures.read("flow-match-euler-sigmas.json")) {
            NoiseSchedule schedule = NoiseSchedule.flowMatching(list(fixture.get("list")), shift(fixture), 1000);
            assertSchedule(schedule, fixture);
            assertPath(schedule, fixture);
        }
    }

    @Test
    void shouldAgreeWithDiffusers_whenItsSchedulerMakesTheSteps() throws IOException {
        for (JsonNode fixture : Fixtures.read("flow-match-euler-own.json")) {
            int steps = fixture.get("steps").intValue();
            double last = fixture.get("last").doubleValue();
            NoiseSchedule schedule = NoiseSchedule.flowMatchingTo(last, steps, shift(fixture), 1000);
            assertSchedule(schedule, fixture);
            assertPath(schedule, fixture);
        }
    }

    @Test
    void shouldAgreeWithDiffusers_whenTheManifestHasALineOfItsOwn() throws IOException {
        for (JsonNode fixture : Fixtures.read("flow-match-euler-dynamic.json")) {
            JsonNode line = fixture.get("line");
            SigmaShift shift = SigmaShift.byTokens(
                    fixture.get("tokens").longValue(),
                    line.get(0).intValue(),
                    line.get(1).intValue(),
                    line.get(2).doubleValue(),
                    line.get(3).doubleValue());
            int steps = fixture.get("steps").intValue();
            NoiseSchedule schedule = fixture.get("terminal").isNull()
                    ? NoiseSchedule.flowMatching(steps, shift, 1000)
                    : NoiseSchedule.flowMatching(
                            steps, shift, fixture.get("terminal").doubleValue(), 1000);
            assertSchedule(schedule, fixture);
            assertPath(schedule, fixture);
        }
    }

    @Test
    void shouldBeginAtNoise_whenASingleStepCanNotBeStretched() {
        NoiseSchedule schedule = NoiseSchedule.flowMatching(1, SigmaShift.fixed(1), 0.1, 1000);
        assertThat(schedule.sigma(0)).isEqualTo(1);
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

    private static void assertPath(NoiseSchedule schedule, JsonNode fixture) {
        Scheduler scheduler = new FlowMatchEuler(schedule, Prediction.FLOW);
        SolverState state = new SolverState(0, tensor(fixture.get("start")));
        for (int i = 0; i < schedule.steps(); i++) {
            state = scheduler.step(state, tensor(fixture.get("predictions").get(i)));
            assertThat(state.latents().floats())
                    .as("%d steps, after %d", schedule.steps(), i + 1)
                    .containsExactly(Fixtures.floats(fixture.get("path").get(i)), within(TOLERANCE));
        }
    }

    static List<Double> list(JsonNode array) {
        List<Double> values = new ArrayList<>();
        array.forEach(value -> values.add(value.doubleValue()));
        return values;
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
