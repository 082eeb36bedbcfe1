package dev.galatea.denoising.diffusion;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.galatea.model.bundle.BetaSchedule;
import dev.galatea.model.bundle.BundleManifest.Prediction;
import dev.galatea.model.bundle.SchedulerConfig;
import dev.galatea.model.bundle.TimestepSpacing;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.noise.TorchRandn;
import dev.galatea.model.tensor.Tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * The bits of sampling, with arithmetic in the model's place. The digests of flow-matching Euler are those of the code
 * before solvers had a history: whoever changes one changes the clips of every seed.
 */
class GoldenLatentsTest {

    private static final long[] SHAPE = {2, 4, 6, 5};
    private static final Tensor NOISE = TorchRandn.sample(7, SHAPE);
    private static final Tensor CLIP = TorchRandn.sample(8, SHAPE);

    private static final Scheduler FIXED = euler(SigmaShift.fixed(6));
    private static final Scheduler DYNAMIC = euler(SigmaShift.byTokens(768));
    private static final Scheduler DPM = new DpmSolver2m(NoiseSchedule.flowSolver(24, 6, 1000), Prediction.FLOW);

    private static final Scheduler UNIPC = new UniPc(NoiseSchedule.uniPc(24, 6, 1000), Prediction.FLOW);

    private static final Scheduler RENOISE = new FlowMatchRenoise(
            NoiseSchedule.flowMatching(List.of(1.0, 0.75, 0.5, 0.25), SigmaShift.fixed(5), 1000),
            Prediction.FLOW,
            StepNoise.seeded(7));
    private static final Scheduler DDIM = Ddim.of(
            new SchedulerConfig.Ddim(
                    1000, 0.00085, 0.012, BetaSchedule.SCALED_LINEAR, 3.0, true, TimestepSpacing.TRAILING),
            24,
            Prediction.V);

    static Stream<Arguments> runs() {
        return Stream.of(
                arguments(FIXED, null, "1de68d99df926612fee6814db29e623fe07676bc15f14d28aced650b1d4169c7"),
                arguments(
                        FIXED, List.of(1, 0, 2, 1), "27b61e692f92f97674ab988c3ff8c8d8090795d6a6cf8a1943e57ddccf0106b8"),
                arguments(
                        FIXED, List.of(2, 0, 0, 0), "ba1a7f285b77075037aad430dea04d788f7aeb2d8a962f89d3e8d7b54d67ea3a"),
                arguments(DYNAMIC, null, "ae0ba573598813dbabd98d7902fae11ea981766781592b3eeca6eaf01c3fe220"),
                arguments(
                        DYNAMIC,
                        List.of(1, 0, 2, 1),
                        "885b63f2ce19505874673200d782b8e06244267839cccae065b7ad00d7a7733f"),
                arguments(
                        DYNAMIC,
                        List.of(2, 0, 0, 0),
                        "58b2fd19a53b661956e09774b89540730ad22fb9157658410237a27d18d7f4da"),
                arguments(DPM, null, "59f147a1caf994864ef01766ebbd1f38816e4a9144baeef766d05a61740ddf4c"),
                arguments(DPM, List.of(1, 0, 2, 1), "4c1f32b1968ed7f59185ade61960683673516ca86b9a8ffbb9266e9854149864"),
                arguments(UNIPC, null, "41576d8b27f19d87e02a24caf1f60172a9c3a786723fa4fa03739791f6a101de"),
                arguments(
                        UNIPC, List.of(1, 0, 2, 1), "9b3be752994103721b9ce8e9d544c66274e437dad7fba23837cae1936014fa01"),
                arguments(RENOISE, null, "49a505f4bd5f90c8e2d1d7c20bf9e19079229c3a89d9ed5804e283b58fb90c53"),
                arguments(
                        RENOISE,
                        List.of(1, 0, 2, 1),
                        "4ef350f5577e5266a1aa651a01d8dacabd0d25752cb512be54c12a654801c847"),
                arguments(DDIM, null, "6ce2de7ee6ab636aeda8b00da15385c9c769074c0a820f2190b046ac2aaaa7f9"),
                arguments(
                        DDIM, List.of(1, 0, 2, 1), "5a75d4880aea789b5e27d505970ebeefad10dbc8a5b8435155c770bc1682837d"));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void shouldMakeTheSameBits(Scheduler scheduler, List<Integer> mask, String digest) {
        assertThat(digest(sampler(scheduler, mask)
                        .run(new SolverState(0, NOISE), new Quiet())
                        .latents()))
                .isEqualTo(digest);
    }

    @Test
    void shouldMakeTheSameBits_whenAClipIsVaried() {
        assertThat(digest(varied(FIXED))).isEqualTo("0d37037ffd7c8a345cb987d8c08d3ac783f9f279c58a318ded0ba870d4ba81e5");
        assertThat(digest(varied(DYNAMIC)))
                .isEqualTo("c954af87ca1e20e9306daa8214113a371f5852afbc6639c6f3c078fd81ace4d1");
    }

    /** Every state is written as a checkpoint and read again, as another worker would. */
    @ParameterizedTest
    @MethodSource("runs")
    void shouldMakeTheSameBits_whenContinuedFromTheCheckpointOfAnyStep(
            Scheduler scheduler, List<Integer> mask, String digest) {
        List<SolverState> states = CheckpointTest.statesOf(sampler(scheduler, mask), new SolverState(0, NOISE));
        assertThat(states).hasSize(scheduler.steps());
        for (SolverState state : states) {
            SolverState restored = CheckpointTest.writtenAndRead(state);
            assertThat(scheduler.accepts(restored, SHAPE)).isTrue();
            assertThat(digest(
                            sampler(scheduler, mask).run(restored, new Quiet()).latents()))
                    .as("after %d steps", state.step())
                    .isEqualTo(digest);
        }
    }

    private static Tensor varied(Scheduler scheduler) {
        return sampler(scheduler, null)
                .run(SolverState.variation(scheduler, CLIP, 0.7, NOISE), new Quiet())
                .latents();
    }

    private static Scheduler euler(SigmaShift shift) {
        return new FlowMatchEuler(NoiseSchedule.flowMatching(24, shift, 1000), Prediction.FLOW);
    }

    private static Sampler sampler(Scheduler scheduler, List<Integer> mask) {
        Guidance guidance = new Guidance(3.5f, new Guidance.Interval(400, 1000), context(3, 0.5f), context(2, -0.25f));
        ConditioningFrames given =
                mask == null ? ConditioningFrames.NONE : new ExactFrames(new ConditioningLatents(CLIP, mask), NOISE);
        return new Sampler(GoldenLatentsTest::predict, scheduler, guidance, given, StepCache.NONE);
    }

    private static List<Tensor> predict(List<Denoiser.Input> batch) {
        return batch.stream().map(GoldenLatentsTest::predict).toList();
    }

    private static Tensor predict(Denoiser.Input input) {
        float[] values = input.latents().floats();
        float[] context = input.context().floats();
        ConditioningLatents known = input.known();
        float[] told = known == null ? null : known.latents().floats();
        for (int i = 0; i < values.length; i++) {
            float mean = context[i % context.length];
            values[i] = values[i] * 0.7f - mean * (1 - input.timestep() / 2000) + (told == null ? 0 : told[i] * 0.3f);
        }
        return Tensor.f32(input.latents().shape(), values);
    }

    private static Tensor context(int tokens, float value) {
        float[] values = new float[tokens * 3];
        for (int i = 0; i < values.length; i++) {
            values[i] = value + i * 0.1f;
        }
        return Tensor.f32(new long[] {tokens, 3}, values);
    }

    private static String digest(Tensor tensor) {
        var digest = Sha256.newDigest();
        digest.update(tensor.bytes());
        return Sha256.finish(digest).hex();
    }

    private static final class Quiet implements StepListener<RuntimeException> {

        @Override
        public void beforeStep(SolverState state) {}

        @Override
        public void afterStep(SampledStep step) {}
    }
}
