package dev.galatea.denoising;

import java.util.Arrays;

import jakarta.enterprise.context.ApplicationScoped;

import org.jspecify.annotations.Nullable;

import dev.galatea.denoising.diffusion.Known;
import dev.galatea.denoising.diffusion.SamplerState;
import dev.galatea.denoising.diffusion.Scheduler;
import dev.galatea.denoising.diffusion.TorchRandn;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.StageException;
import dev.galatea.model.tensor.DType;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.store.TensorStore;

/** What jobs start from beside their text: the latents of reference media. Thread-safe. */
@ApplicationScoped
class References {

    /** How much of a video is made anew if nobody said so. */
    private static final double STRENGTH = 0.7;

    private final TensorStore tensors;

    References(TensorStore tensors) {
        this.tensors = tensors;
    }

    /**
     * What a job starts from.
     *
     * @param start before the first step
     * @param known what of the clip is known
     * @param noise of the job's seed, f32 [C, T, H, W]
     */
    record Beginning(SamplerState start, @Nullable Known known, Tensor noise) {}

    Beginning of(DenoisingJob job, Scheduler scheduler) throws StageException {
        PromptConditioned prompt = job.prompt();
        Tensor noise = TorchRandn.sample(job.spec().seed(), job.shape());
        SamplerState fromNoise = new SamplerState(0, noise);
        if (prompt.referenceLatents() == null) {
            return new Beginning(fromNoise, null, noise);
        }
        Tensor latents = tensors.read(prompt.referenceLatents());
        if (latents.dtype() != DType.F32 || !Arrays.equals(latents.shape(), job.shape())) {
            throw new PoisonException(
                    "reference_shape",
                    "referenceLatents: is " + latents.dtype() + Arrays.toString(latents.shape()) + "; valid is F32"
                            + Arrays.toString(job.shape()));
        }
        if (prompt.referenceMask() == null) {
            return new Beginning(SamplerState.variation(scheduler, latents, strength(job), noise), null, noise);
        }
        try {
            return new Beginning(fromNoise, new Known(latents, prompt.referenceMask()), noise);
        } catch (IllegalArgumentException e) {
            throw new PoisonException("reference_shape", "referenceMask: " + e.getMessage(), e);
        }
    }

    private static double strength(DenoisingJob job) {
        ReferenceMedia reference = job.spec().reference();
        return reference == null || reference.strength() == null ? STRENGTH : reference.strength();
    }
}
