package dev.galatea.denoising;

import java.util.Arrays;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import org.jspecify.annotations.Nullable;

import dev.galatea.denoising.diffusion.ConditioningFrames;
import dev.galatea.denoising.diffusion.ConditioningLatents;
import dev.galatea.denoising.diffusion.ExactFrames;
import dev.galatea.denoising.diffusion.Scheduler;
import dev.galatea.denoising.diffusion.SolverState;
import dev.galatea.model.bundle.ImageEmbeddings;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.StageException;
import dev.galatea.model.noise.TorchRandn;
import dev.galatea.model.tensor.DType;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.model.tensor.TensorRef;
import dev.galatea.store.TensorStore;

/** Prepares the latents that jobs start from, and the frames that are given beforehand. Thread-safe. */
@ApplicationScoped
class InitialLatents {

    /** The part of a video that is made anew if the job doesn't say. */
    private static final double STRENGTH = 0.7;

    private final TensorStore tensors;

    InitialLatents(TensorStore tensors) {
        this.tensors = tensors;
    }

    /**
     * The inputs of a run beside its text.
     *
     * @param start before the first step
     * @param given the frames that are given beforehand
     */
    record Prepared(SolverState start, ConditioningFrames given) {}

    /** Prepares a job, from noise or from the latents of its reference media. */
    Prepared prepare(DenoisingJob job, Scheduler scheduler) throws StageException {
        PromptConditioned prompt = job.prompt();
        Tensor noise = TorchRandn.sample(job.spec().seed(), job.shape());
        SolverState fromNoise = new SolverState(0, noise);
        if (prompt.referenceLatents() == null) {
            return new Prepared(fromNoise, ConditioningFrames.NONE);
        }
        Tensor latents = tensors.read(prompt.referenceLatents());
        if (latents.dtype() != DType.F32 || !Arrays.equals(latents.shape(), job.shape())) {
            throw new PoisonException(
                    "reference_shape",
                    "referenceLatents: is " + latents.dtype() + Arrays.toString(latents.shape()) + "; valid is F32"
                            + Arrays.toString(job.shape()));
        }
        List<Integer> mask = prompt.referenceMask();
        if (mask == null) {
            return new Prepared(
                    SolverState.variation(scheduler, latents, strength(job), noise), ConditioningFrames.NONE);
        }
        Tensor embeddings = imageEmbeddings(job);
        try {
            return new Prepared(fromNoise, new ExactFrames(new ConditioningLatents(latents, mask, embeddings), noise));
        } catch (IllegalArgumentException e) {
            throw new PoisonException("reference_shape", "referenceMask: " + e.getMessage(), e);
        }
    }

    /** The embeddings of the picture that the clip begins with, f32 [N, E]; null for bundles without. */
    private @Nullable Tensor imageEmbeddings(DenoisingJob job) throws StageException {
        TensorRef stored = job.prompt().imageEmbeddings();
        ImageEmbeddings expected = job.manifest().imageEmbeddings();
        if (stored == null || expected == null) {
            return null;
        }
        Tensor embeddings = tensors.read(stored);
        long[] shape = {expected.tokens(), expected.dim()};
        if (embeddings.dtype() != DType.F32 || !Arrays.equals(embeddings.shape(), shape)) {
            throw new PoisonException(
                    "invalid_embeddings",
                    "imageEmbeddings: is " + embeddings.dtype() + Arrays.toString(embeddings.shape())
                            + "; valid is F32" + Arrays.toString(shape) + " for '"
                            + job.manifest().name() + "'");
        }
        return embeddings;
    }

    private static double strength(DenoisingJob job) {
        ReferenceMedia reference = job.spec().reference();
        return reference == null || reference.strength() == null ? STRENGTH : reference.strength();
    }
}
