package dev.galatea.denoising.diffusion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.galatea.model.bundle.BundleManifest.Prediction;
import dev.galatea.model.noise.TorchRandn;
import dev.galatea.model.tensor.Tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class SamplerTest {

    private static final long[] SHAPE = {2, 3, 4, 5};
    private static final Tensor PROMPT = context(1f);
    private static final Tensor NEGATIVE = context(-1f);

    private final List<Integer> batchSizes = new ArrayList<>();

    /** A flow whose clip has everywhere the context's value: the prediction is exact at every noise level. */
    private final Denoiser denoiser = batch -> {
        batchSizes.add(batch.size());
        return batch.stream().map(SamplerTest::velocityToContext).toList();
    };

    @Test
    void shouldReachTheClip_whenPredictionsAreExact() {
        Tensor clip =
                sampler(1).run(SolverState.noise(7, SHAPE), new Recorder()).latents();
        assertThat(clip.shape()).containsExactly(SHAPE);
        for (float value : clip.floats()) {
            assertThat(value).isCloseTo(1f, within(1e-4f));
        }
    }

    @Test
    void shouldRunPromptAlone_whenGuidanceIsOff() {
        sampler(1).run(SolverState.noise(7, SHAPE), new Recorder());
        assertThat(batchSizes).hasSize(6).containsOnly(1);
    }

    @Test
    void shouldGoBeyondThePrompt_whenGuidanceIsOn() {
        Tensor clip =
                sampler(2).run(SolverState.noise(7, SHAPE), new Recorder()).latents();
        assertThat(batchSizes).hasSize(6).containsOnly(2);
        for (float value : clip.floats()) {
            assertThat(value).isCloseTo(3f, within(1e-4f)); // -1 + 2 · (1 - -1)
        }
    }

    @Test
    void shouldRunPromptAlone_whereTimestepIsOutsideTheInterval() {
        Scheduler scheduler = scheduler();
        Guidance.Interval inner = new Guidance.Interval(scheduler.timestep(4), scheduler.timestep(1));
        Guidance guidance = new Guidance(2, inner, PROMPT, NEGATIVE);
        new Sampler(denoiser, scheduler, guidance).run(SolverState.noise(7, SHAPE), new Recorder());
        assertThat(batchSizes).containsExactly(1, 2, 2, 2, 2, 1);
    }

    @Test
    void shouldTellListenerOfEveryStep_withEstimate() {
        Recorder recorder = new Recorder();
        sampler(1).run(SolverState.noise(7, SHAPE), recorder);
        assertThat(recorder.before).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(recorder.after).extracting(step -> step.state().step()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(recorder.after)
                .extracting(SampledStep::isLast)
                .containsExactly(false, false, false, false, false, true);
        for (float value : recorder.after.get(2).estimate().get().floats()) {
            assertThat(value).isCloseTo(1f, within(1e-4f));
        }
    }

    static Stream<Scheduler> schedulers() {
        return Stream.of(
                scheduler(),
                new DpmSolver2m(NoiseSchedule.flowMatching(6, SigmaShift.fixed(2), 1000), Prediction.FLOW),
                new UniPc(NoiseSchedule.flowMatching(6, SigmaShift.fixed(2), 1000), Prediction.FLOW),
                new FlowMatchRenoise(
                        NoiseSchedule.flowMatching(6, SigmaShift.fixed(2), 1000),
                        Prediction.FLOW,
                        StepNoise.seeded(7)));
    }

    @Test
    void shouldGiveSameBits_whenContinuedFromAnyStep() {
        Recorder recorder = new Recorder();
        float[] whole =
                sampler(3).run(SolverState.noise(7, SHAPE), recorder).latents().floats();
        for (SampledStep step : recorder.after) {
            assertThat(sampler(3).run(step.state(), new Recorder()).latents().floats())
                    .isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @MethodSource("schedulers")
    void shouldEndInWhatIsKnownExactly_whateverIsPredicted(Scheduler scheduler) {
        ConditioningLatents known = new ConditioningLatents(filled(SHAPE, 7), List.of(0, ConditioningLatents.EXACT, 2));

        float[] clip = knowing(scheduler, known)
                .run(SolverState.noise(7, SHAPE), new Recorder())
                .latents()
                .floats();

        for (int i = 0; i < clip.length; i++) {
            boolean exact = i / 20 % 3 == 1; // [2, 3, 4, 5]
            assertThat(clip[i]).isCloseTo(exact ? 7 : 3, within(1e-4f));
        }
    }

    @ParameterizedTest
    @MethodSource("schedulers")
    void shouldGiveSameBits_whenContinuedKnowingAPart(Scheduler scheduler) {
        ConditioningLatents known = new ConditioningLatents(filled(SHAPE, 7), List.of(ConditioningLatents.EXACT, 0, 2));
        Recorder recorder = new Recorder();
        float[] whole = knowing(scheduler, known)
                .run(SolverState.noise(7, SHAPE), recorder)
                .latents()
                .floats();
        for (SampledStep step : recorder.after) {
            assertThat(knowing(scheduler, known)
                            .run(step.state(), new Recorder())
                            .latents()
                            .floats())
                    .isEqualTo(whole);
        }
    }

    @Test
    void shouldGoOnlyTheLastSteps_whenAClipIsVaried() {
        Tensor clip = filled(SHAPE, 5);
        Tensor noise = TorchRandn.sample(7, SHAPE);

        SolverState half = SolverState.variation(scheduler(), clip, 0.5, noise);
        SolverState hardly = SolverState.variation(scheduler(), clip, 0.01, noise);
        SolverState anew = SolverState.variation(scheduler(), clip, 1, noise);

        assertThat(half.step()).isEqualTo(3);
        float sigma = scheduler().timestep(3) / 1000;
        assertThat(half.latents().floats()[0]).isCloseTo(5 + sigma * (noise.floats()[0] - 5), within(1e-5f));
        assertThat(hardly.step()).isEqualTo(5);
        assertThat(anew.step()).isZero();
        assertThat(anew.latents().floats()).containsExactly(noise.floats(), within(1e-5f));
    }

    @Test
    void shouldStopBetweenSteps_whenListenerThrows() {
        StepListener<InterruptedException> stopper = new StepListener<>() {
            @Override
            public void beforeStep(SolverState state) throws InterruptedException {
                if (state.step() == 2) {
                    throw new InterruptedException("stop");
                }
            }

            @Override
            public void afterStep(SampledStep step) {}
        };
        assertThatThrownBy(() -> sampler(1).run(SolverState.noise(7, SHAPE), stopper))
                .isInstanceOf(InterruptedException.class);
        assertThat(batchSizes).hasSize(2);
    }

    @Test
    void shouldFailClearly_whenModelGivesNaN() {
        Denoiser broken = batch -> batch.stream()
                .map(input -> filled(input.latents().shape(), Float.NaN))
                .toList();
        Sampler sampler = new Sampler(broken, scheduler(), guidance(1));
        assertThatThrownBy(() -> sampler.run(SolverState.noise(7, SHAPE), new Recorder()))
                .isInstanceOf(NotFiniteException.class)
                .hasMessageContaining("step 0");
    }

    private Sampler sampler(float guidance) {
        return new Sampler(denoiser, scheduler(), guidance(guidance));
    }

    /** At a guidance of 2 the denoiser alone would give 3 everywhere. */
    private Sampler knowing(Scheduler scheduler, ConditioningLatents known) {
        return new Sampler(
                denoiser, scheduler, guidance(2), new ExactFrames(known, TorchRandn.sample(7, SHAPE)), StepCache.NONE);
    }

    private static Guidance guidance(float scale) {
        return new Guidance(scale, new Guidance.Interval(0, 1000), PROMPT, NEGATIVE);
    }

    private static Scheduler scheduler() {
        return new FlowMatchEuler(NoiseSchedule.flowMatching(6, SigmaShift.fixed(2), 1000), Prediction.FLOW);
    }

    private static Tensor velocityToContext(Denoiser.Input input) {
        float[] values = input.latents().floats();
        float target = input.context().floats()[0];
        float sigma = input.timestep() / 1000;
        for (int i = 0; i < values.length; i++) {
            values[i] = (values[i] - target) / sigma;
        }
        return Tensor.f32(input.latents().shape(), values);
    }

    private static Tensor context(float value) {
        return filled(new long[] {3, 2}, value);
    }

    private static Tensor filled(long[] shape, float value) {
        long elements = 1;
        for (long dimension : shape) {
            elements *= dimension;
        }
        float[] values = new float[(int) elements];
        Arrays.fill(values, value);
        return Tensor.f32(shape, values);
    }

    private static final class Recorder implements StepListener<RuntimeException> {

        private final List<Integer> before = new ArrayList<>();
        private final List<SampledStep> after = new ArrayList<>();

        @Override
        public void beforeStep(SolverState state) {
            before.add(state.step());
        }

        @Override
        public void afterStep(SampledStep step) {
            after.add(step);
        }
    }
}
