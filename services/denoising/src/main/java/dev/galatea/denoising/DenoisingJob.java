package dev.galatea.denoising;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.ReferenceMedia;
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
        Map<String, String> run = new TreeMap<>();
        run.put(BUNDLE, bundle.digest().hex());
        run.put("scheduler", spec().scheduler());
        run.put("steps", Integer.toString(spec().steps()));
        run.put("guidance", Double.toString(spec().guidance()));
        run.put("seed", Long.toString(spec().seed()));
        run.put("shape", Arrays.toString(shape()));
        run.put("prompt", identity(prompt.prompt()));
        run.put("negativePrompt", identity(prompt.negativePrompt()));
        if (prompt.referenceLatents() != null) {
            ReferenceMedia reference = spec().reference();
            run.put("referenceLatents", identity(prompt.referenceLatents()));
            run.put("referenceMask", String.valueOf(prompt.referenceMask()));
            run.put("strength", String.valueOf(reference == null ? null : reference.strength()));
        }
        return run;
    }

    private static String identity(TensorRef ref) {
        return ref.sha256() + "/" + ref.name();
    }
}
