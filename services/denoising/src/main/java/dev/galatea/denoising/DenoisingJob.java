package dev.galatea.denoising;

import java.util.Map;
import java.util.TreeMap;

import dev.galatea.denoising.diffusion.RunIdentity;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.event.CanonicalJson;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.id.JobId;
import dev.galatea.model.tensor.TensorRef;
import dev.galatea.stage.Delivery;

/**
 * One delivery of a job.
 *
 * @param delivery asked between steps whether to go on, and told of progress
 */
record DenoisingJob(PromptConditioned prompt, Bundle bundle, Delivery delivery) {

    JobId id() {
        return prompt.jobId();
    }

    JobSpec spec() {
        return prompt.spec();
    }

    BundleManifest manifest() {
        return bundle.manifest();
    }

    /** Reports progress; a second attempt's reports are not the first one's. */
    void report(ProgressDetail detail, String what) {
        delivery.report(detail, delivery.attempt() + "/" + what);
    }

    /** Shape [C, T, H, W] of the latents. */
    long[] shape() {
        return manifest().latent().shape(spec().frames(), spec().denoisedHeight(), spec().denoisedWidth());
    }

    /** The digest of the spec and of all inputs by their content: a checkpoint is valid for an equal run only. */
    RunIdentity run() {
        Map<String, Object> inputs = new TreeMap<>();
        inputs.put("bundle", bundle.digest());
        inputs.put("spec", spec().withoutPool());
        inputs.put("prompt", content(prompt.prompt()));
        inputs.put("negativePrompt", content(prompt.negativePrompt()));
        if (prompt.referenceLatents() != null) {
            inputs.put("referenceLatents", content(prompt.referenceLatents()));
        }
        if (prompt.referenceMask() != null) {
            inputs.put("referenceMask", prompt.referenceMask());
        }
        if (prompt.imageEmbeddings() != null) {
            inputs.put("imageEmbeddings", content(prompt.imageEmbeddings()));
        }
        return new RunIdentity(
                bundle.digest().hex(), CanonicalJson.digest(inputs).hex());
    }

    private static String content(TensorRef ref) {
        return ref.sha256() + "/" + ref.name();
    }
}
