package dev.galatea.denoising;

import java.util.Arrays;
import java.util.Map;
import java.util.function.BooleanSupplier;

import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.id.JobId;
import dev.galatea.model.tensor.TensorRef;

/**
 * One delivery of a job.
 *
 * @param attempt which delivery this is, from 1
 * @param shouldRelease asked between steps whether to give the job back
 */
record DenoisingJob(PromptConditioned prompt, Bundle bundle, int attempt, BooleanSupplier shouldRelease) {

    /** The field of {@link #run()} that names the bundle. */
    static final String BUNDLE = "bundle";

    JobId id() {
        return prompt.jobId();
    }

    JobSpec spec() {
        return prompt.spec();
    }

    BundleManifest manifest() {
        return bundle.manifest();
    }

    /** Tells the progress events of a job apart; a second attempt's are not the first one's. */
    static String discriminator(int attempt, String what) {
        return attempt + "/" + what;
    }

    String discriminator(String what) {
        return discriminator(attempt, what);
    }

    /** Shape [C, T, H, W] of the latents. */
    long[] shape() {
        return manifest().latent().shape(spec().frames(), spec().height(), spec().width());
    }

    /** Everything that decides what latents come out: a checkpoint is valid for an equal run only. */
    Map<String, String> run() {
        return Map.of(
                BUNDLE,
                bundle.digest().hex(),
                "scheduler",
                spec().scheduler(),
                "steps",
                Integer.toString(spec().steps()),
                "guidance",
                Double.toString(spec().guidance()),
                "seed",
                Long.toString(spec().seed()),
                "shape",
                Arrays.toString(shape()),
                "prompt",
                identity(prompt.prompt()),
                "negativePrompt",
                identity(prompt.negativePrompt()));
    }

    private static String identity(TensorRef ref) {
        return ref.sha256() + "/" + ref.name();
    }
}
