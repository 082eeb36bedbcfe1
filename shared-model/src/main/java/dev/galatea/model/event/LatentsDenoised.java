package dev.galatea.model.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.id.JobId;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.model.tensor.TensorRef;

/**
 * The clean latents of a clip are in the store.
 *
 * @param latents shape [C, T, H, W] in the bundle's normalised latent space
 * @param source as in {@link PromptConditioned}: what the clip begins with
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LatentsDenoised(
        JobId jobId,
        JobSpec spec,
        TensorRef latents,
        @Nullable ObjectRef source) implements StageEvent {

    public LatentsDenoised {
        Fields.require("jobId", jobId);
        Fields.require("spec", spec);
        Fields.require("latents", latents);
    }

    /** The latents of a clip that does not continue another one. */
    public LatentsDenoised(JobId jobId, JobSpec spec, TensorRef latents) {
        this(jobId, spec, latents, null);
    }
}
