package dev.galatea.denoising.diffusion;

import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.BundleManifest.Prediction;
import dev.galatea.model.tensor.Tensor;

/**
 * DPM-Solver++(2M) of Lu et al., 2022: steps of second order, by the estimate of the clean latents and the one before
 * it. The first step of a run has none before it, and the last ends in the estimate itself; both are of first order.
 */
record DpmSolver2m(NoiseSchedule schedule, Prediction prediction) implements Scheduler {

    /** The estimate of the clean latents from one step before. */
    private static final String PREVIOUS_ESTIMATE = "clean_1";

    @Override
    public Set<String> history() {
        return Set.of(PREVIOUS_ESTIMATE);
    }

    @Override
    public SolverState step(SolverState state, Tensor predicted) {
        int index = state.step();
        NoiseLevel level = schedule.level(index);
        NoiseLevel next = schedule.level(index + 1);
        Tensor estimate = estimate(state, predicted);
        double length = next.logRatio() - level.logRatio();
        float kept = next.sigma() / level.sigma();
        float added = (float) (-next.alpha() * StrictMath.expm1(-length));
        Tensor target = extrapolated(index, length, estimate, state.remembered(PREVIOUS_ESTIMATE));
        return state.next(Arithmetic.weighted(kept, state.latents(), added, target), PREVIOUS_ESTIMATE, estimate);
    }

    /** The estimate half a step ahead, on the line through the last two. */
    private Tensor extrapolated(int index, double length, Tensor estimate, @Nullable Tensor previous) {
        if (previous == null || index == steps() - 1) {
            return estimate;
        }
        double before =
                schedule.level(index).logRatio() - schedule.level(index - 1).logRatio();
        return Arithmetic.lerp(previous, estimate, (float) (1 + length / before / 2));
    }
}
