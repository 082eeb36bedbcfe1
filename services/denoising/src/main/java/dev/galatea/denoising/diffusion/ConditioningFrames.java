package dev.galatea.denoising.diffusion;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.tensor.Tensor;

/**
 * The policy by which frames that are given beforehand get into a clip. It stands beside the solver, and knows of noise
 * and predictions only what the {@link Scheduler} says. Immutable and thread-safe.
 */
public interface ConditioningFrames {

    /** No frame is given. */
    ConditioningFrames NONE = new ConditioningFrames() {
        @Override
        public @Nullable ConditioningLatents told() {
            return null;
        }

        @Override
        public Tensor impose(Scheduler scheduler, SolverState state, Tensor prediction) {
            return prediction;
        }
    };

    /** The part of the clip that the denoiser is told at each step; null if it is told nothing. */
    @Nullable
    ConditioningLatents told();

    /** The prediction to step with from a state, made of the denoiser's. */
    Tensor impose(Scheduler scheduler, SolverState state, Tensor prediction);
}
