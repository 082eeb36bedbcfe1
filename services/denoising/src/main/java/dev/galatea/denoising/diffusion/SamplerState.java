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

    /**
     * The start of a variation: a clip that was taken back into noise, so that the last {@code strength} of the steps are
     * left, and at least one.
     *
     * @param clean f32 [C, T, H, W]
     * @param strength over 0 up to 1
     */
    public static SamplerState variation(Scheduler scheduler, Tensor clean, double strength, Tensor noise) {
        int steps = scheduler.steps();
        int left = Math.max(1, (int) Math.floor(steps * strength + 1e-9));
        int first = steps - left;
        return new SamplerState(first, scheduler.noised(first, clean, noise));
    }
}
