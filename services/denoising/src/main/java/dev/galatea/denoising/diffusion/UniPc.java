package dev.galatea.denoising.diffusion;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.BundleManifest.Prediction;
import dev.galatea.model.tensor.Tensor;

/**
 * UniPC of Zhao et al., 2023, of second order with B₂(h): each step first corrects its latents by the new estimate of
 * the clean latents, and then predicts the next ones by the last two estimates. The first and the last prediction of a
 * run are of first order, and the first step corrects nothing.
 *
 * <p>Agrees with diffusers' {@code UniPCMultistepScheduler} of {@code solver_order=2, solver_type="bh2",
 * lower_order_final=True}.
 */
record UniPc(NoiseSchedule schedule, Prediction prediction) implements Scheduler {

    /** The corrected latents of one step before. */
    private static final String LAST_SAMPLE = "last_sample";
    /** The estimate of the clean latents from one step before. */
    private static final String CLEAN_1 = "clean_1";
    /** The estimate of the clean latents from two steps before. */
    private static final String CLEAN_2 = "clean_2";

    @Override
    public Set<String> history() {
        return Set.of(LAST_SAMPLE, CLEAN_1, CLEAN_2);
    }

    /**
     * Stands for the clean frames whatever the rounding of the latents is by now: the differences of estimates, which
     * the solver goes by, stay zero where a frame is given.
     */
    @Override
    public Tensor truePrediction(SolverState state, Tensor clean, Tensor noise) {
        return Predictions.forClean(prediction, state.latents(), clean, schedule.level(state.step()));
    }

    @Override
    public SolverState step(SolverState state, Tensor predicted) {
        int index = state.step();
        Tensor clean = estimate(state, predicted);
        Tensor last = state.remembered(LAST_SAMPLE);
        Tensor clean1 = state.remembered(CLEAN_1);
        Tensor sample = state.latents();
        Map<String, Tensor> remembered = new HashMap<>();
        if (last != null && clean1 != null) {
            sample = corrected(index, last, clean, clean1, state.remembered(CLEAN_2));
            remembered.put(CLEAN_2, clean1);
        }
        remembered.put(LAST_SAMPLE, sample);
        remembered.put(CLEAN_1, clean);
        return state.next(predicted(index, sample, clean, clean1), remembered);
    }

    /** The next latents, by the estimates of this step and the one before. */
    private Tensor predicted(int index, Tensor sample, Tensor clean, @Nullable Tensor clean1) {
        Stride stride = new Stride(schedule.level(index), schedule.level(index + 1));
        if (clean1 == null || index == steps() - 1) {
            return Arithmetic.sum(stride.kept(), sample, stride.added(), clean);
        }
        double slope = stride.added() / 2 / stride.ratio(schedule.level(index - 1));
        return Arithmetic.sum(stride.kept(), sample, stride.added() - slope, clean, slope, clean1);
    }

    /** This step's latents once more, now that their estimate {@code clean} is known. */
    private Tensor corrected(int index, Tensor last, Tensor clean, Tensor clean1, @Nullable Tensor clean2) {
        Stride stride = new Stride(schedule.level(index - 1), schedule.level(index));
        double added = stride.added();
        if (clean2 == null) {
            return Arithmetic.sum(stride.kept(), last, added / 2, clean1, added / 2, clean);
        }
        double ratio = stride.ratio(schedule.level(index - 2));
        double slope = added * stride.weightOfEarlier(ratio) / ratio;
        double fresh = added * (stride.weightOfBoth() - stride.weightOfEarlier(ratio));
        double[] weights = {stride.kept(), added - slope - fresh, slope, fresh};
        return Arithmetic.sum(weights, last, clean1, clean2, clean);
    }

    /** The way from one noise level to a cleaner one, measured in logarithms. */
    private record Stride(NoiseLevel from, NoiseLevel to) {

        /** The part of the latents that is kept. */
        double kept() {
            return (double) to.sigma() / from.sigma();
        }

        /** The part of an estimate of the clean latents that is added: {@code -α·B(h)}. */
        double added() {
            return -to.alpha() * StrictMath.expm1(-length());
        }

        /** The length of the step before, as a negative multiple of this one's. */
        double ratio(NoiseLevel before) {
            return (before.logRatio() - from.logRatio()) / length();
        }

        /** The sum of the weights of both differences in a correction of second order. */
        double weightOfBoth() {
            return phi2() / StrictMath.expm1(-length());
        }

        /** The weight of the earlier difference: the solution of two linear equations. */
        double weightOfEarlier(double ratio) {
            double second = 2 * (phi2() / -length() - 0.5) / StrictMath.expm1(-length());
            return (weightOfBoth() - second) / (1 - ratio);
        }

        private double phi2() {
            return StrictMath.expm1(-length()) / -length() - 1;
        }

        private double length() {
            return to.logRatio() - from.logRatio();
        }
    }
}
