package dev.galatea.denoising.diffusion;

import java.util.function.Supplier;

import dev.galatea.model.tensor.Tensor;

/**
 * A step that is done.
 *
 * @param state the solver's state after it
 * @param of the number of steps in all
 * @param estimate makes the estimate of the clean latents, f32 [C, T, H, W], for those who want it
 */
public record SampledStep(SolverState state, int of, Supplier<Tensor> estimate) {

    /** True if no step is left. */
    public boolean isLast() {
        return state.step() == of;
    }
}
