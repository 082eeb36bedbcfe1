package dev.galatea.denoising.diffusion;

import java.util.List;

import dev.galatea.model.tensor.Tensor;

/**
 * Classifier-free guidance (Ho and Salimans, 2022): goes further away from what the negative prompt describes, by {@code
 * scale}. At a scale of 1 and below the negative prompt has no part, and the denoiser runs on the prompt alone.
 *
 * @param prompt f32 [L, D]
 * @param negativePrompt f32 [L', D]
 */
public record Guidance(float scale, Tensor prompt, Tensor negativePrompt) {

    /** What the denoiser is to be run with. */
    List<Tensor> contexts() {
        return isOn() ? List.of(prompt, negativePrompt) : List.of(prompt);
    }

    /** One prediction of those for each of {@link #contexts()}. */
    Tensor combine(List<Tensor> predictions) {
        return isOn() ? Arithmetic.lerp(predictions.get(1), predictions.get(0), scale) : predictions.get(0);
    }

    private boolean isOn() {
        return scale > 1;
    }
}
