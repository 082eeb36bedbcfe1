package dev.galatea.denoising.diffusion;

import java.util.List;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.tensor.Tensor;

/**
 * Classifier-free guidance (Ho and Salimans, 2022): goes further away from what the negative prompt describes, by
 * {@code scale}. At a scale of 1 and below, and at timesteps outside the interval (Kynkäänniemi et al., 2024), the
 * negative prompt has no part, and the denoiser runs on the prompt alone.
 *
 * @param prompt f32 [L, D]
 * @param negativePrompt f32 [L', D]
 */
public record Guidance(float scale, Interval interval, Tensor prompt, Tensor negativePrompt) {

    /** The embeddings that the denoiser is run with at a timestep. */
    List<Tensor> contexts(float timestep) {
        return scale > 1 && interval.contains(timestep) ? List.of(prompt, negativePrompt) : List.of(prompt);
    }

    /** Combines the predictions, one for each of {@link #contexts}, into one. */
    Tensor combine(List<Tensor> predictions) {
        return predictions.size() > 1
                ? Arithmetic.lerp(predictions.get(1), predictions.get(0), scale)
                : predictions.get(0);
    }

    /** Timesteps, both ends included. */
    public record Interval(double lowest, double highest) {

        /** The interval of a bundle. */
        public static Interval of(BundleManifest manifest) {
            int whole = manifest.scheduler().trainTimesteps();
            BundleManifest.GuidanceInterval levels = manifest.guidanceInterval();
            return new Interval(levels.lowest() * whole, levels.highest() * whole);
        }

        boolean contains(float timestep) {
            return timestep >= lowest && timestep <= highest;
        }
    }
}
