package dev.galatea.denoising.diffusion;

import java.io.IOException;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

import dev.galatea.model.bundle.BundleManifest.Prediction;
import dev.galatea.model.tensor.Tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class DpmSolver2mTest {

    private static final float TOLERANCE = 1e-5f;

    @Test
    void shouldAgreeWithDiffusers_onScheduleAndPath() throws IOException {
        for (JsonNode fixture : Fixtures.read("dpm-solver++-2m-flow.json")) {
            int steps = fixture.get("steps").intValue();
            NoiseSchedule schedule =
                    NoiseSchedule.flowSolver(steps, fixture.get("shift").doubleValue(), 1000);
            for (int i = 0; i <= steps; i++) {
                assertThat(schedule.sigma(i))
                        .isCloseTo(fixture.get("sigmas").get(i).floatValue(), within(1e-6f));
            }
            Scheduler scheduler = new DpmSolver2m(
                    schedule, PredictionsTest.kind(fixture.get("prediction").textValue()));
            SolverState state = new SolverState(0, tensor(fixture.get("start")));
            for (int i = 0; i < steps; i++) {
                assertThat(schedule.timestep(i))
                        .isEqualTo(fixture.get("timesteps").get(i).floatValue());
                state = scheduler.step(state, tensor(fixture.get("predictions").get(i)));
                assertThat(state.latents().floats())
                        .as("%s, %d steps, after %d", scheduler.prediction(), steps, i + 1)
                        .containsExactly(Fixtures.floats(fixture.get("path").get(i)), within(TOLERANCE));
            }
        }
    }

    @Test
    void shouldRememberItsLastEstimate() {
        Scheduler scheduler = new DpmSolver2m(NoiseSchedule.flowSolver(4, 3, 1000), Prediction.SAMPLE);
        Tensor estimate = Tensor.f32(new long[] {2}, new float[] {1, 2});

        SolverState next = scheduler.step(new SolverState(0, Tensor.f32(new long[] {2}, new float[2])), estimate);

        assertThat(next.step()).isEqualTo(1);
        assertThat(next.tensors()).containsOnlyKeys("latents", "clean_1").containsEntry("clean_1", estimate);
        assertThat(scheduler.accepts(next, new long[] {2})).isTrue();
        assertThat(scheduler.accepts(next, new long[] {3})).isFalse();
        assertThat(scheduler.accepts(
                        new SolverState(1, Map.of("latents", estimate, "clean_2", estimate)), new long[] {2}))
                .isFalse();
    }

    /** A run that begins at noise alone has an infinite first step. */
    @Test
    void shouldStayFinite_whenTheScheduleBeginsAtNoiseAlone() {
        NoiseSchedule schedule = NoiseSchedule.flowMatching(5, SigmaShift.fixed(3), 1000);
        Scheduler scheduler = new DpmSolver2m(schedule, Prediction.SAMPLE);
        SolverState state = new SolverState(0, Tensor.f32(new long[] {2}, new float[] {0.5f, -1}));
        for (int i = 0; i < 5; i++) {
            state = scheduler.step(state, Tensor.f32(new long[] {2}, new float[] {2, 3}));
        }
        assertThat(state.latents().floats()).containsExactly(new float[] {2, 3}, within(1e-5f));
    }

    private static Tensor tensor(JsonNode values) {
        float[] floats = Fixtures.floats(values);
        return Tensor.f32(new long[] {floats.length}, floats);
    }
}
