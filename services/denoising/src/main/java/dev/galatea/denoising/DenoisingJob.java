package dev.galatea.denoising;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

import dev.galatea.denoising.diffusion.RunIdentity;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.event.CanonicalJson;
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

    /** The digest of the spec and of all inputs by their content: a checkpoint is valid for an equal run only. */
    RunIdentity run() {
        Map<String, Object> inputs = new TreeMap<>();
        inputs.put("bundle", bundle.digest());
        inputs.put("spec", spec());
        inputs.put("prompt", content(prompt.prompt()));
        inputs.put("negativePrompt", content(prompt.negativePrompt()));
        if (prompt.referenceLatents() != null) {
            inputs.put("referenceLatents", content(prompt.referenceLatents()));
        }
        if (prompt.referenceMask() != null) {
            inputs.put("referenceMask", prompt.referenceMask());
        }
        return new RunIdentity(
                bundle.digest().hex(), CanonicalJson.digest(inputs).hex());
    }

    private static String content(TensorRef ref) {
        return ref.sha256() + "/" + ref.name();
    }
}
