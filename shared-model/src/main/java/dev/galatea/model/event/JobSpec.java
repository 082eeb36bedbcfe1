package dev.galatea.model.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.id.Sha256;

/**
 * What exactly is to be made: a submitted prompt with every default filled in and every value checked against the bundle.
 * The same spec gives the same frames on the same machine, whatever happens on the way.
 *
 * @param model the bundle's name
 * @param bundle digest of the bundle's manifest, which pins every file of the model
 * @param width pixels
 * @param height pixels
 * @param frames length of what is made: of an extension, with the frames that it shares with what it continues
 * @param fps frames per second of the clip
 * @param steps denoising steps
 * @param guidance classifier-free guidance scale; 1 and below switch guidance off
 * @param seed of the noise
 * @param scheduler the sampler's name, as in the bundle's manifest
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobSpec(
        String prompt,
        String negativePrompt,
        String model,
        Sha256 bundle,
        int width,
        int height,
        int frames,
        int fps,
        int steps,
        double guidance,
        long seed,
        String scheduler,
        @Nullable ReferenceMedia reference) {

    public JobSpec {
        Fields.require("spec.prompt", prompt);
        Fields.require("spec.negativePrompt", negativePrompt);
        Fields.require("spec.model", model);
        Fields.require("spec.bundle", bundle);
        Fields.requireAtLeast("spec.width", width, 1);
        Fields.requireAtLeast("spec.height", height, 1);
        Fields.requireAtLeast("spec.frames", frames, 1);
        Fields.requireAtLeast("spec.fps", fps, 1);
        Fields.requireAtLeast("spec.steps", steps, 1);
        Fields.requireAtLeast("spec.guidance", guidance, 0);
        Fields.require("spec.scheduler", scheduler);
    }
}
