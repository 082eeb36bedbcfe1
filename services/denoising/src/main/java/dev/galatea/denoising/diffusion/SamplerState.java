package dev.galatea.denoising.diffusion;

import dev.galatea.model.tensor.Tensor;

/**
 * Everything that sampling goes on from. A run continued from a state gives the same bits as one that never stopped.
 *
 * @param step steps done
 * @param latents f32 [C, T, H, W]
 */
public record SamplerState(int step, Tensor latents) {

    /** The start: noise alone. */
    public static SamplerState noise(long seed, long[] shape) {
        return new SamplerState(0, TorchRandn.sample(seed, shape));
    }
}
