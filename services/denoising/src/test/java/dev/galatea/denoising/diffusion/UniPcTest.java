package dev.galatea.denoising.diffusion;

import java.io.IOException;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

import dev.galatea.model.bundle.BundleManifest.Prediction;
import dev.galatea.model.tensor.Tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class UniPcTest {

    private static final float TOLERANCE = 5e-6f;
    private static final long[] SHAPE = {6};

    @Test
    void shouldAgreeWithDiffusers_onScheduleAndPath() throws IOException {
        int flows = 0;
        for (JsonNode fixture : Fixtures.read("unipc-flow.json")) {
            Scheduler scheduler = scheduler(fixture);
            NoiseSchedule schedule = scheduler.schedule();
            int steps = scheduler.steps();
            assertThat(fixture.get("sigmas")).hasSize(steps + 1);
            for (int i = 0; i <= steps; i++) {
                assertThat(schedule.sigma(i))
                        .isEqualTo(fixture.get("sigmas").get(i).floatValue());
            }
            SolverState state = new SolverState(0, tensor(fixture.get("start")));
            for (int i = 0; i < steps; i++) {
                assertThat(schedule.timestep(i))
                        .isEqualTo(fixture.get("timesteps").get(i).floatValue());
                state = scheduler.step(state, denoised(state.latents(), schedule.timestep(i)));
                assertThat(state.latents().floats())
                        .as(
                                "%s, %d steps, shift %s, after %d",
                                scheduler.prediction(), steps, fixture.get("shift"), i + 1)
                        .containsExactly(Fixtures.floats(fixture.get("path").get(i)), within(TOLERANCE));
            }
            flows += scheduler.prediction() == Prediction.FLOW ? 1 : 0;
        }
        assertThat(flows).isEqualTo(45);
    }

    /** As another worker goes on: from the file of a checkpoint. */
    @Test
    void shouldGiveSameBits_whenContinuedFromTheCheckpointOfAnyStep() throws IOException {
        for (JsonNode fixture : Fixtures.read("unipc-flow.json")) {
            Scheduler scheduler = scheduler(fixture);
            SolverState state = new SolverState(0, tensor(fixture.get("start")));
            for (int i = 0; i < scheduler.steps(); i++) {
                SolverState restored = CheckpointTest.writtenAndRead(state);
                assertThat(scheduler.accepts(restored, SHAPE)).isTrue();
                SolverState next = scheduler.step(restored, denoised(restored.latents(), scheduler.timestep(i)));
                state = scheduler.step(state, denoised(state.latents(), scheduler.timestep(i)));
                assertThat(next).isEqualTo(state);
            }
        }
    }

    @Test
    void shouldRememberWhatDiffusersRemembers() {
        Scheduler scheduler = new UniPc(NoiseSchedule.uniPc(4, 3, 1000), Prediction.SAMPLE);
        Tensor start = Tensor.f32(SHAPE, new float[6]);
        Tensor first = Tensor.f32(SHAPE, new float[] {1, 2, 3, 4, 5, 6});
        Tensor second = Tensor.f32(SHAPE, new float[] {6, 5, 4, 3, 2, 1});

        SolverState one = scheduler.step(new SolverState(0, start), first);
        SolverState two = scheduler.step(one, second);

        assertThat(one.tensors()).containsOnlyKeys("latents", "last_sample", "clean_1");
        assertThat(one.tensors()).containsAllEntriesOf(Map.of("last_sample", start, "clean_1", first));
        assertThat(two.tensors()).containsOnlyKeys("latents", "last_sample", "clean_1", "clean_2");
        assertThat(two.tensors()).containsAllEntriesOf(Map.of("clean_1", second, "clean_2", first));
        assertThat(scheduler.history())
                .containsExactlyInAnyOrderElementsOf(List.of("last_sample", "clean_1", "clean_2"));
    }

    private static Scheduler scheduler(JsonNode fixture) {
        NoiseSchedule schedule = NoiseSchedule.uniPc(
                fixture.get("steps").intValue(), fixture.get("shift").doubleValue(), 1000);
        return new UniPc(
                schedule, PredictionsTest.kind(fixture.get("prediction").textValue()));
    }

    /** As {@code synthetic_denoiser} of the fixtures' script. */
    static Tensor denoised(Tensor latents, float timestep) {
        float[] values = latents.floats();
        for (int i = 0; i < values.length; i++) {
            values[i] = 1.5f * values[i] / (1 + Math.abs(values[i])) - 0.4f + timestep / 2000;
        }
        return Tensor.f32(latents.shape(), values);
    }

    private static Tensor tensor(JsonNode values) {
        return Tensor.f32(SHAPE, Fixtures.floats(values));
    }
}
