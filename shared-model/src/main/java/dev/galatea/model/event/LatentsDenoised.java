package dev.galatea.model.event;

import java.util.List;

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
 * @param cachedSteps the steps, counted from 1, at which the denoiser did not run and an earlier prediction was used
 *     again; none unless the bundle has {@code stepCaching}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LatentsDenoised(
        JobId jobId,
        JobSpec spec,
        TensorRef latents,
        @Nullable ObjectRef source,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Integer> cachedSteps)
        implements StageEvent {

    private static final int MAX_CACHED_STEPS = 10_000;

    public LatentsDenoised {
        Fields.require("jobId", jobId);
        Fields.require("spec", spec);
        Fields.require("latents", latents);
        cachedSteps = cachedSteps == null ? List.of() : List.copyOf(cachedSteps);
        boolean fine = cachedSteps.stream().allMatch(step -> step > 1 && step <= spec.steps());
        if (!fine || cachedSteps.size() > MAX_CACHED_STEPS) {
            throw new IllegalArgumentException("cachedSteps: has " + cachedSteps.size() + " numbers; valid are up to "
                    + MAX_CACHED_STEPS + ", each from 2 to " + spec.steps() + " (spec.steps)");
        }
    }

    /** The latents of a clip that the denoiser ran for at each step. */
    public LatentsDenoised(JobId jobId, JobSpec spec, TensorRef latents, @Nullable ObjectRef source) {
        this(jobId, spec, latents, source, List.of());
    }

    /** The latents of a clip that does not continue another one. */
    public LatentsDenoised(JobId jobId, JobSpec spec, TensorRef latents) {
        this(jobId, spec, latents, null);
    }
}
