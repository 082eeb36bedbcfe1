package dev.galatea.model.pipeline;

import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.StageEvent;
import dev.galatea.model.id.JobId;

/** The request of a stage that the tests add. */
record SmoothingRequested(JobId jobId, JobSpec spec, LatentsDenoised latents) implements StageEvent {

    static SmoothingRequested of(LatentsDenoised latents) {
        return new SmoothingRequested(latents.jobId(), latents.spec(), latents);
    }
}
