package dev.galatea.denoising.diffusion;

import dev.galatea.model.bundle.BundleManifest.Prediction;
import dev.galatea.model.tensor.Tensor;

/**
 * Goes at each step to the estimate of the clean latents and, but for the last, back to the next noise level with fresh
 * noise. Agrees with diffusers' {@code FlowMatchEulerDiscreteScheduler} of {@code stochastic_sampling=True}, and with
 * how LightX2V runs step-distilled models of Wan 2.1.
 */
record FlowMatchRenoise(NoiseSchedule schedule, Prediction prediction, StepNoise fresh) implements Scheduler {

    @Override
    public SolverState step(SolverState state, Tensor predicted) {
        Tensor clean = estimate(state, predicted);
        int next = state.step() + 1;
        if (next == steps()) {
            return state.next(clean);
        }
        return state.next(schedule.level(next).noised(clean, fresh.before(next, clean.shape())));
    }

    @Override
    public Tensor truePrediction(SolverState state, Tensor clean, Tensor noise) {
        int index = state.step();
        Tensor added = index == 0 ? noise : fresh.before(index, clean.shape());
        return Predictions.of(prediction, clean, added, schedule.level(index));
    }
}
