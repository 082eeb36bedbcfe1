package dev.galatea.denoising.diffusion;

/**
 * Moves noise levels: larger clips need more of their steps at the noisy end (Esser et al., 2024, section 5.3.2). Maps
 * 1 to 1 and rises strictly.
 */
@FunctionalInterface
public interface SigmaShift {

    /** The level to use in place of {@code sigma}, which is above 0 and at most 1. */
    float apply(float sigma);

    /** The same for every clip; a shift of 1 changes nothing. */
    static SigmaShift fixed(double shift) {
        if (!(shift > 0) || Double.isInfinite(shift)) {
            throw new IllegalArgumentException("scheduler.shift: must be above 0, was " + shift);
        }
        float s = (float) shift;
        float rest = (float) (shift - 1);
        return sigma -> s * sigma / (1 + rest * sigma);
    }

    /** By the exponent {@code mu}; 0 changes nothing. */
    static SigmaShift exponential(double mu) {
        float e = (float) StrictMath.exp(mu);
        return sigma -> e / (e + (1 / sigma - 1));
    }

    /** By the clip's length in tokens: {@code mu} runs along a line through 0.5 at 256 and 1.15 at 4096 tokens. */
    static SigmaShift byTokens(long tokens) {
        double slope = (1.15 - 0.5) / (4096 - 256);
        return exponential(tokens * slope + (0.5 - slope * 256));
    }
}
