package dev.galatea.denoising.diffusion;

import dev.galatea.model.tensor.Tensor;

/**
 * The parts of the clip and of noise in noisy latents: {@code alpha · clean + sigma · noise}.
 *
 * @param alpha 0 for noise alone
 * @param sigma 0 for the clip
 */
public record NoiseLevel(float alpha, float sigma) {

    /** A level of a flow, which goes from the clip to the noise on a straight line. */
    static NoiseLevel flow(float sigma) {
        return new NoiseLevel(1 - sigma, sigma);
    }

    /** Clean latents with this much noise. */
    Tensor noised(Tensor clean, Tensor noise) {
        // On a straight line, one product less: it is how clips of flows have been made from the start.
        return alpha == 1 - sigma
                ? Arithmetic.lerp(clean, noise, sigma)
                : Arithmetic.weighted(alpha, clean, sigma, noise);
    }

    /** {@code ln(alpha / sigma)}, in which solvers measure their steps; infinite at both ends. */
    double logRatio() {
        return StrictMath.log(alpha) - StrictMath.log(sigma);
    }
}
