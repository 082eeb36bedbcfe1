package dev.galatea.denoising.diffusion;

import java.util.List;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.Experts;
import dev.galatea.model.tensor.Tensor;

/**
 * Classifier-free guidance (Ho and Salimans, 2022): goes further away from what the negative prompt describes, by
 * {@code scale}. At a scale of 1 and below, and at timesteps outside the interval (Kynkäänniemi et al., 2024), the
 * negative prompt has no part, and the denoiser runs on the prompt alone.
 *
 * @param rescale the part, from 0 to 1, by which guided predictions are brought back to the spread of the prompt's own
 *     (Lin et al., 2024, section 3.4)
 * @param prompt f32 [L, D]
 * @param negativePrompt f32 [L', D]
 */
public record Guidance(Scale scale, Interval interval, float rescale, Tensor prompt, Tensor negativePrompt) {

    /** Guidance of one scale, without a rescale. */
    public Guidance(float scale, Interval interval, Tensor prompt, Tensor negativePrompt) {
        this(Scale.constant(scale), interval, 0, prompt, negativePrompt);
    }

    /** The embeddings that the denoiser is run with at a timestep. */
    List<Tensor> contexts(float timestep) {
        return scale.at(timestep) > 1 && interval.contains(timestep)
                ? List.of(prompt, negativePrompt)
                : List.of(prompt);
    }

    /** True if predictions at both timesteps are made of the same contexts with the same scale. */
    boolean isAlike(float timestep, float other) {
        return contexts(timestep).size() == contexts(other).size() && scale.at(timestep) == scale.at(other);
    }

    /** Combines the predictions at a timestep, one for each of {@link #contexts}, into one. */
    Tensor combine(float timestep, List<Tensor> predictions) {
        Tensor own = predictions.get(0);
        if (predictions.size() == 1) {
            return own;
        }
        Tensor guided = Arithmetic.lerp(predictions.get(1), own, scale.at(timestep));
        return rescale > 0 ? rescaled(guided, own) : guided;
    }

    private Tensor rescaled(Tensor guided, Tensor own) {
        double spread = Arithmetic.deviation(guided);
        if (spread == 0) {
            return guided;
        }
        double ratio = Arithmetic.deviation(own) / spread;
        return Arithmetic.scaled((float) (rescale * ratio + (1 - rescale)), guided);
    }

    /**
     * The guidance scale, which models of two experts have two of.
     *
     * @param boundary from this timestep up it is {@code highNoise}, below it is {@code lowNoise}
     */
    public record Scale(float highNoise, float lowNoise, float boundary) {

        /** The same at all timesteps. */
        public static Scale constant(float scale) {
            return new Scale(scale, scale, 0);
        }

        /**
         * The scale of a job; where the job switches guidance off, the second expert goes without it, too.
         *
         * @param asked the job's own
         */
        public static Scale of(BundleManifest manifest, float asked) {
            Experts experts = manifest.experts();
            if (experts == null || asked <= 1) {
                return constant(asked);
            }
            return new Scale(asked, (float) experts.lowNoiseGuidance(), manifest.expertBoundary());
        }

        float at(float timestep) {
            return timestep >= boundary ? highNoise : lowNoise;
        }
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
