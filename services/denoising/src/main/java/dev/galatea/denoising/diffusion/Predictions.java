package dev.galatea.denoising.diffusion;

import dev.galatea.model.bundle.BundleManifest.Prediction;
import dev.galatea.model.tensor.Tensor;

/**
 * Converts what models predict. No other class knows what a kind of prediction means. With noisy latents {@code α·clean
 * + σ·noise}, the kinds are the flow's velocity {@code noise − clean} (of levels with α + σ = 1), the noise, the
 * velocity {@code α·noise − σ·clean} of Salimans and Ho, 2022 (of levels with α² + σ² = 1), and the clean latents.
 */
final class Predictions {

    private Predictions() {}

    /** The clean latents, by a prediction for noisy ones; from {@code EPSILON} only where α is above 0. */
    static Tensor toClean(Prediction kind, Tensor noisy, Tensor prediction, NoiseLevel level) {
        return switch (kind) {
            case FLOW -> Arithmetic.plus(noisy, -level.sigma(), prediction);
            case EPSILON -> Arithmetic.weighted(1 / level.alpha(), noisy, -level.sigma() / level.alpha(), prediction);
            case V -> Arithmetic.weighted(level.alpha(), noisy, -level.sigma(), prediction);
            case SAMPLE -> prediction;
        };
    }

    /** The noise, by a prediction for noisy latents; from {@code SAMPLE} only where σ is above 0. */
    static Tensor toNoise(Prediction kind, Tensor noisy, Tensor prediction, NoiseLevel level) {
        return switch (kind) {
            case FLOW -> Arithmetic.plus(noisy, level.alpha(), prediction);
            case EPSILON -> prediction;
            case V -> Arithmetic.weighted(level.sigma(), noisy, level.alpha(), prediction);
            case SAMPLE -> Arithmetic.weighted(1 / level.sigma(), noisy, -level.alpha() / level.sigma(), prediction);
        };
    }

    /** The flow's velocity {@code noise − clean}, by a prediction for noisy latents. */
    static Tensor toVelocity(Prediction kind, Tensor noisy, Tensor prediction, NoiseLevel level) {
        return kind == Prediction.FLOW
                ? prediction
                : Arithmetic.plus(toNoise(kind, noisy, prediction, level), -1, toClean(kind, noisy, prediction, level));
    }

    /** The prediction for noisy latents that stands for {@code clean}, whatever their noise is; where σ is above 0. */
    static Tensor forClean(Prediction kind, Tensor noisy, Tensor clean, NoiseLevel level) {
        double alpha = level.alpha();
        double sigma = level.sigma();
        return switch (kind) {
            case FLOW -> Arithmetic.sum(1 / sigma, noisy, -1 / sigma, clean);
            case EPSILON -> Arithmetic.sum(1 / sigma, noisy, -alpha / sigma, clean);
            case V -> Arithmetic.sum(alpha / sigma, noisy, -1 / sigma, clean);
            case SAMPLE -> clean;
        };
    }

    /** The prediction of a model that knows clip and noise. */
    static Tensor of(Prediction kind, Tensor clean, Tensor noise, NoiseLevel level) {
        return switch (kind) {
            case FLOW -> Arithmetic.plus(noise, -1, clean);
            case EPSILON -> noise;
            case V -> Arithmetic.weighted(level.alpha(), noise, -level.sigma(), clean);
            case SAMPLE -> clean;
        };
    }
}
