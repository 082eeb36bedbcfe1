package dev.galatea.denoising;

import java.util.Arrays;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.denoising.diffusion.DenoiserException;
import dev.galatea.denoising.diffusion.NotFiniteException;
import dev.galatea.denoising.diffusion.Sampler;
import dev.galatea.denoising.diffusion.Scheduler;
import dev.galatea.denoising.diffusion.Schedulers;
import dev.galatea.denoising.diffusion.SolverState;
import dev.galatea.denoising.onnx.BundleModels;
import dev.galatea.denoising.onnx.ModelCache;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.failure.StageException;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.model.tensor.TensorRef;
import dev.galatea.stage.Delivery;
import dev.galatea.store.TensorStore;

/** Makes the clean latents of one job and puts them into the store. Thread-safe; the same job gives the same bytes. */
@ApplicationScoped
class ClipDenoiser {

    private static final Logger LOG = Logger.getLogger(ClipDenoiser.class);

    private final BundleRepository bundles;
    private final JobInputs inputs;
    private final ModelCache models;
    private final StepCallbacks callbacks;
    private final TensorStore tensors;

    ClipDenoiser(
            BundleRepository bundles,
            JobInputs inputs,
            ModelCache models,
            StepCallbacks callbacks,
            TensorStore tensors) {
        this.bundles = bundles;
        this.inputs = inputs;
        this.models = models;
        this.callbacks = callbacks;
        this.tensors = tensors;
    }

    /** Denoises; asks between steps whether to go on, and gives the job back with a checkpoint if not. */
    LatentsDenoised denoise(PromptConditioned prompt, Delivery delivery) throws StageException {
        Bundle bundle = bundles.byDigest(prompt.spec().bundle());
        DenoisingJob job = new DenoisingJob(prompt, bundle, delivery);
        requireSize(job);
        Scheduler scheduler = scheduler(job);
        SolverState last = sample(job, scheduler, inputs.read(job, scheduler));
        Tensor clean = last.latents();
        TensorRef latents = tensors.put(ObjectKeys.latents(job.id(), digest(clean)), "latents", clean);
        return new LatentsDenoised(job.id(), job.spec(), latents, job.prompt().source(), last.cachedSteps());
    }

    private SolverState sample(DenoisingJob job, Scheduler scheduler, JobInputs.Inputs read) throws StageException {
        SolverState start = read.start();
        try (ModelCache.Lease lease = models.acquire(job.bundle())) {
            BundleModels loaded = lease.models();
            Sampler sampler =
                    new Sampler(loaded.denoiser(), scheduler, read.guidance(), read.given(), loaded.stepCache());
            return sampler.run(start, callbacks.of(job, start.step()));
        } catch (DenoiserException e) {
            if (e.getCause() instanceof StageException cause) {
                throw cause;
            }
            throw new RetryableException("inference_failed", e.getMessage(), e);
        } catch (NotFiniteException e) {
            throw new PoisonException("not_finite", e.getMessage(), e);
        }
    }

    /** Loads the default bundle's denoiser, which the first job would have to wait for. */
    void load(String bundle) {
        try {
            models.acquire(bundles.byName(bundle)).close();
        } catch (StageException | RuntimeException e) {
            LOG.warnf("warm-up failed; the first job will load its model: %s", e.getMessage());
        }
    }

    private static void requireSize(DenoisingJob job) throws PoisonException {
        if (Arrays.stream(job.shape()).anyMatch(dimension -> dimension < 1)) {
            JobSpec spec = job.spec();
            throw new PoisonException(
                    "invalid_size",
                    "spec: " + spec.width() + "x" + spec.height() + " with " + spec.frames()
                            + " frames is too small for '" + job.manifest().name() + "'");
        }
    }

    private static Scheduler scheduler(DenoisingJob job) throws PoisonException {
        JobSpec spec = job.spec();
        try {
            return Schedulers.create(spec.scheduler(), job.manifest(), spec.steps(), job.shape(), spec.seed());
        } catch (IllegalArgumentException e) {
            throw new PoisonException("invalid_scheduler", e.getMessage(), e);
        }
    }

    private static Sha256 digest(Tensor tensor) {
        var digest = Sha256.newDigest();
        digest.update(tensor.bytes());
        return Sha256.finish(digest);
    }
}
