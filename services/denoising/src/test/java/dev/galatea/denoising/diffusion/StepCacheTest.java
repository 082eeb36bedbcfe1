package dev.galatea.denoising.diffusion;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.galatea.model.bundle.BundleManifest.Prediction;
import dev.galatea.model.noise.TorchRandn;
import dev.galatea.model.tensor.Tensor;

import static org.assertj.core.api.Assertions.assertThat;

class StepCacheTest {

    private static final long[] SHAPE = {2, 3, 4, 5};
    private static final int STEPS = 9;
    private static final Tensor PROMPT = Tensor.f32(new long[] {1, 1}, new float[] {1});
    private static final Tensor NEGATIVE = Tensor.f32(new long[] {1, 1}, new float[] {-1});
    private static final Guidance GUIDED = guidance(new Guidance.Interval(0, 1000));

    private final Scheduler scheduler = new DpmSolver2m(NoiseSchedule.flowSolver(STEPS, 1, 1000), Prediction.FLOW);
    private final List<Float> ran = new ArrayList<>();

    /** Half of what is there, so each prediction is another one. */
    private final Denoiser denoiser = batch -> {
        ran.add(batch.get(0).timestep());
        return batch.stream()
                .map(input -> Arithmetic.scaled(0.5f + input.context().floats()[0] / 10, input.latents()))
                .toList();
    };

    /** The change is that of the timestep, in thousandths: about 0.11 from step to step. */
    private static final Probe PROBE = (before, now) -> (before.timestep() - now.timestep()) / 1000;

    @Test
    void shouldRunAtEachStep_whenThereIsNoCache() {
        SolverState last =
                run(StepCache.NONE, GUIDED, SolverState.noise(7, SHAPE)).get(STEPS - 1);
        assertThat(ran).hasSize(STEPS);
        assertThat(last.cachedSteps()).isEmpty();
        assertThat(last.names()).containsExactly("clean_1", "latents");
    }

    @Test
    void shouldRunAgain_whenTheChangeSinceTheLastRunIsLarge() {
        SolverState last = run(cache(0.25), GUIDED, SolverState.noise(7, SHAPE)).get(STEPS - 1);
        assertThat(last.cachedSteps()).containsExactly(2, 3, 5, 6, 8);
        assertThat(ran).hasSize(STEPS - 5);
    }

    @Test
    void shouldRunAtTheLastStep_whateverTheProbeSays() {
        SolverState last = run(cache(100), GUIDED, SolverState.noise(7, SHAPE)).get(STEPS - 1);
        assertThat(last.cachedSteps()).containsExactly(2, 3, 4, 5, 6, 7, 8);
        assertThat(ran).containsExactly(scheduler.timestep(0), scheduler.timestep(STEPS - 1));
    }

    @Test
    void shouldRunAgain_whenGuidanceEnds() {
        Guidance ends = guidance(new Guidance.Interval(scheduler.timestep(3), 1000));
        SolverState last = run(cache(100), ends, SolverState.noise(7, SHAPE)).get(STEPS - 1);
        assertThat(last.cachedSteps()).containsExactly(2, 3, 4, 6, 7, 8);
    }

    @Test
    void shouldRunAgain_whenAnotherExpertPredicts() {
        StepCache cache = StepCache.of(PROBE, 100, 1000, scheduler.timestep(2));
        SolverState last = run(cache, GUIDED, SolverState.noise(7, SHAPE)).get(STEPS - 1);
        assertThat(last.cachedSteps()).containsExactly(2, 3, 5, 6, 7, 8);
    }

    @Test
    void shouldRunAtEachStep_whileThereIsMuchNoise() {
        StepCache cache = StepCache.of(PROBE, 100, scheduler.timestep(4), 0);
        SolverState last = run(cache, GUIDED, SolverState.noise(7, SHAPE)).get(STEPS - 1);
        assertThat(last.cachedSteps()).containsExactly(5, 6, 7, 8);
    }

    @Test
    void shouldGoOnWithTheLastPrediction() {
        SolverState first = run(cache(100), GUIDED, SolverState.noise(7, SHAPE)).get(0);
        Tensor predicted = first.remembered("cached_prediction");
        SolverState second =
                run(cache(100), GUIDED, SolverState.noise(7, SHAPE)).get(1);
        assertThat(second.latents()).isEqualTo(scheduler.step(first, predicted).latents());
    }

    @Test
    void shouldGiveSameBitsAndSteps_whenContinuedFromAnyCheckpoint() {
        List<SolverState> states = run(cache(0.25), GUIDED, SolverState.noise(7, SHAPE));
        for (SolverState state : states.subList(0, STEPS - 1)) {
            SolverState restored = CheckpointTest.writtenAndRead(state);
            assertThat(scheduler.accepts(restored, SHAPE)).isTrue();
            List<SolverState> rest = run(cache(0.25), GUIDED, restored);
            assertThat(rest.get(rest.size() - 1)).isEqualTo(states.get(STEPS - 1));
        }
    }

    @Test
    void shouldRefuseSteps_thatCanNotBeCached() {
        Tensor latents = TorchRandn.sample(7, SHAPE);
        for (int step : new int[] {0, 1, 4}) {
            SolverState state = new SolverState(3, Map.of("latents", latents), List.of(step));
            assertThat(scheduler.accepts(state, SHAPE)).isFalse();
        }
    }

    @Test
    void shouldRunAtTheFirstStep_whenAClipIsVaried() {
        Tensor clip = TorchRandn.sample(8, SHAPE);
        SolverState start = SolverState.variation(scheduler, clip, 0.5, TorchRandn.sample(7, SHAPE));
        List<SolverState> states = run(cache(0.25), GUIDED, start);
        assertThat(ran.get(0)).isEqualTo(scheduler.timestep(start.step()));
        assertThat(states.get(states.size() - 1).cachedSteps()).containsExactly(start.step() + 2, start.step() + 3);
    }

    private List<SolverState> run(StepCache cache, Guidance guidance, SolverState start) {
        ran.clear();
        return CheckpointTest.statesOf(
                new Sampler(denoiser, scheduler, guidance, ConditioningFrames.NONE, cache), start);
    }

    private static StepCache cache(double threshold) {
        return StepCache.of(PROBE, threshold, 1000, 0);
    }

    private static Guidance guidance(Guidance.Interval interval) {
        return new Guidance(2, interval, PROMPT, NEGATIVE);
    }
}
