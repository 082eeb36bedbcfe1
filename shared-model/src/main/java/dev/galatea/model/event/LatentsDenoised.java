package dev.galatea.model.event;

import dev.galatea.model.id.JobId;
import dev.galatea.model.tensor.TensorRef;

/**
 * The clean latents of a clip are in the store.
 *
 * @param latents shape [C, T, H, W] in the bundle's normalised latent space
 */
public record LatentsDenoised(JobId jobId, JobSpec spec, TensorRef latents) implements Event {

    public LatentsDenoised {
        Fields.require("jobId", jobId);
        Fields.require("spec", spec);
        Fields.require("latents", latents);
    }
}
