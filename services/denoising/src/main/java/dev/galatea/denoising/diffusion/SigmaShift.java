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
        return byTokens(tokens, 256, 4096, 0.5, 1.15);
    }

    /**
     * By the clip's length in tokens: {@code mu} runs along a line through {@code baseShift} at {@code baseTokens} and
     * {@code maxShift} at {@code maxTokens}.
     */
    static SigmaShift byTokens(long tokens, int baseTokens, int maxTokens, double baseShift, double maxShift) {
        double slope = (maxShift - baseShift) / (maxTokens - baseTokens);
        return exponential(tokens * slope + (baseShift - slope * baseTokens));
    }
}
