package dev.galatea.denoising.diffusion;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.tensor.Tensor;

/** The network that predicts noise, clip or velocity of noisy latents. */
public interface Denoiser {

    /**
     * Predicts for a batch in one run of the model.
     *
     * @param batch at least one; all latents of one shape
     * @return in the batch's order, each of its latents' shape
     * @throws DenoiserException if the model did not run
     */
    List<Tensor> predict(List<Input> batch);

    /**
     * One element of a batch.
     *
     * @param latents f32 [C, T, H, W]
     * @param timestep as the model was trained, usually 0 to 1000
     * @param context f32 [L, D], embeddings of a text; L may differ within a batch
     * @param known the part of the clip that is known; all of a batch have it, or none
     */
    record Input(
            Tensor latents,
            float timestep,
            Tensor context,
            @Nullable ConditioningLatents known) {

        /** An element of a clip of which nothing is known but its text. */
        public Input(Tensor latents, float timestep, Tensor context) {
            this(latents, timestep, context, null);
        }
    }
}
