package dev.galatea.denoising.diffusion;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.bundle.BetaSchedule;
import dev.galatea.model.bundle.BundleManifest.Prediction;
import dev.galatea.model.bundle.SchedulerConfig;
import dev.galatea.model.bundle.TimestepSpacing;
import dev.galatea.model.noise.TorchRandn;
import dev.galatea.model.tensor.Tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class DdimTest {

    private static final float TOLERANCE = 1e-5f;

    @Test
    void shouldAgreeWithDiffusers_onScheduleAndPath() throws IOException {
        for (JsonNode fixture : Fixtures.read("ddim.json")) {
            int steps = fixture.get("steps").intValue();
            SchedulerConfig.Ddim config = config(fixture);
            Scheduler scheduler = Ddim.of(
                    config,
                    steps,
                    PredictionsTest.kind(fixture.get("prediction").textValue()));
            SolverState state = new SolverState(0, tensor(fixture.get("start")));
            for (int i = 0; i < steps; i++) {
                NoiseLevel level = scheduler.schedule().level(i);
                assertThat(level.alpha()).isCloseTo(fixture.get("alphas").get(i).floatValue(), within(1e-6f));
                assertThat(level.sigma()).isCloseTo(fixture.get("sigmas").get(i).floatValue(), within(1e-6f));
                assertThat(scheduler.timestep(i))
                        .isEqualTo(fixture.get("timesteps").get(i).floatValue());
                state = scheduler.step(state, tensor(fixture.get("predictions").get(i)));
                assertThat(state.latents().floats())
                        .as("%s, %d steps, after %d", config, steps, i + 1)
                        .containsExactly(Fixtures.floats(fixture.get("path").get(i)), within(TOLERANCE));
            }
        }
    }

    @Test
    void shouldBeginAtNoiseAlone_whenNoSignalIsLeft() {
        NoiseSchedule schedule = Ddim.of(cogVideoX(), 50, Prediction.V).schedule();
        assertThat(schedule.level(0)).isEqualTo(new NoiseLevel(0, 1));
        assertThat(schedule.level(50)).isEqualTo(new NoiseLevel(1, 0));
        assertThat(schedule.timestep(0)).isEqualTo(999);
    }

    /** 25 divides the training timesteps, 30 does not: then steps end beside the levels of the next ones. */
    @ParameterizedTest
    @ValueSource(ints = {25, 30})
    void shouldEndInWhatIsKnownExactly_whateverIsPredicted(int steps) {
        long[] shape = {2, 3, 4, 5};
        Tensor given = TorchRandn.sample(8, shape);
        Tensor noise = TorchRandn.sample(7, shape);
        ConditioningLatents known = new ConditioningLatents(given, List.of(0, ConditioningLatents.EXACT, 2));
        Tensor context = Tensor.f32(new long[] {1, 1}, new float[1]);
        Guidance guidance = new Guidance(1, new Guidance.Interval(0, 1000), context, context);
        Denoiser denoiser = batch -> batch.stream().map(Denoiser.Input::latents).toList();
        Sampler sampler = new Sampler(
                denoiser,
                Ddim.of(cogVideoX(), steps, Prediction.V),
                guidance,
                new ExactFrames(known, noise),
                StepCache.NONE);

        List<SolverState> states = CheckpointTest.statesOf(sampler, new SolverState(0, noise));

        float[] clip = states.get(steps - 1).latents().floats();
        float[] wanted = given.floats();
        for (int i = 0; i < clip.length; i++) {
            if (i / 20 % 3 == 1) { // [2, 3, 4, 5]
                assertThat(clip[i]).isCloseTo(wanted[i], within(1e-5f));
            }
        }
    }

    private static SchedulerConfig.Ddim cogVideoX() {
        return new SchedulerConfig.Ddim(
                1000, 0.00085, 0.012, BetaSchedule.SCALED_LINEAR, 3.0, true, TimestepSpacing.TRAILING);
    }

    private static SchedulerConfig.Ddim config(JsonNode fixture) {
        return new SchedulerConfig.Ddim(
                fixture.get("num_train_timesteps").intValue(),
                fixture.get("beta_start").doubleValue(),
                fixture.get("beta_end").doubleValue(),
                Arrays.stream(BetaSchedule.values())
                        .filter(value -> value.wireName()
                                .equals(fixture.get("beta_schedule").textValue()))
                        .findFirst()
                        .orElseThrow(),
                fixture.get("snr_shift_scale").doubleValue(),
                fixture.get("rescale_betas_zero_snr").booleanValue(),
                Arrays.stream(TimestepSpacing.values())
                        .filter(value -> value.wireName()
                                .equals(fixture.get("timestep_spacing").textValue()))
                        .findFirst()
                        .orElseThrow());
    }

    private static Tensor tensor(JsonNode values) {
        float[] floats = Fixtures.floats(values);
        return Tensor.f32(new long[] {floats.length}, floats);
    }
}
