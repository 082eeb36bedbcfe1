package dev.galatea.examples.passthrough;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.Fields;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.StageEvent;
import dev.galatea.model.id.JobId;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.model.tensor.TensorRef;

/**
 * Requests that the clean latents of a clip pass the stage.
 *
 * @param latents shape [C, T, H, W] in the bundle's normalised latent space
 * @param source the frames of the clip that this one continues; null if there is none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PassThroughRequested(
        JobId jobId,
        JobSpec spec,
        TensorRef latents,
        @Nullable ObjectRef source) implements StageEvent {

    public PassThroughRequested {
        Fields.require("jobId", jobId);
        Fields.require("spec", spec);
        Fields.require("latents", latents);
    }

    /** Requests it for what denoising made. */
    static PassThroughRequested of(LatentsDenoised denoised) {
        return new PassThroughRequested(denoised.jobId(), denoised.spec(), denoised.latents(), denoised.source());
    }
}
