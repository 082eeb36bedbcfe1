package dev.galatea.denoising.diffusion;

/** Says cheaply how far a denoiser's prediction may have moved, by what enters the denoiser's first block. */
@FunctionalInterface
public interface Probe {

    /**
     * The change from one input of the denoiser to another: the sum of absolute differences of what enters the first
     * block, divided by the sum of its absolute values for {@code before}.
     *
     * @param before of the step at which the denoiser ran last
     * @param now of this step, with latents of the same shape and the same context
     * @throws DenoiserException if the probe did not run
     */
    double change(Denoiser.Input before, Denoiser.Input now);
}
