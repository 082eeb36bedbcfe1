package dev.galatea.denoising.diffusion;

import dev.galatea.model.bundle.BundleManifest.Prediction;
import dev.galatea.model.tensor.Tensor;

/** Euler's method along the flow from noise to the clip. */
record FlowMatchEuler(NoiseSchedule schedule, Prediction prediction) implements Scheduler {

    @Override
    public SolverState step(SolverState state, Tensor predicted) {
        NoiseLevel level = schedule.level(state.step());
        NoiseLevel next = schedule.level(state.step() + 1);
        Tensor velocity = Predictions.toVelocity(prediction, state.latents(), predicted, level);
        return state.next(Arithmetic.plus(state.latents(), next.sigma() - level.sigma(), velocity));
    }
}
