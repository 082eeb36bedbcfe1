package dev.galatea.denoising;

import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import dev.galatea.denoising.diffusion.ConditioningFrames;
import dev.galatea.denoising.diffusion.Guidance;
import dev.galatea.denoising.diffusion.Scheduler;
import dev.galatea.denoising.diffusion.SolverState;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.failure.StageException;
import dev.galatea.store.BackgroundCall;

/**
 * Collects what a job's sampling needs from the store: embeddings, first latents, and the state to continue from.
 * Thread-safe.
 */
@ApplicationScoped
class JobInputs {

    private static final Logger LOG = Logger.getLogger(JobInputs.class);

    private final Embeddings embeddings;
    private final InitialLatents initialLatents;
    private final Checkpoints checkpoints;

    JobInputs(Embeddings embeddings, InitialLatents initialLatents, Checkpoints checkpoints) {
        this.embeddings = embeddings;
        this.initialLatents = initialLatents;
        this.checkpoints = checkpoints;
    }

    /**
     * The inputs of one run of the sampler.
     *
     * @param start the state of the furthest checkpoint, or the one before the first step
     * @param given the frames that are given beforehand
     */
    record Inputs(Guidance guidance, SolverState start, ConditioningFrames given) {}

    /** Reads the inputs of a job. */
    Inputs read(DenoisingJob job, Scheduler scheduler) throws StageException {
        // Beside the embeddings: for a job that nobody has begun, the store is asked in vain.
        BackgroundCall<Optional<SolverState>> continued = BackgroundCall.start(() -> continued(job, scheduler));
        Guidance guidance = new Guidance(
                Guidance.Scale.of(job.manifest(), (float) job.spec().guidance()),
                Guidance.Interval.of(job.manifest()),
                job.manifest().guidanceRescale().floatValue(),
                embeddings.read("prompt", job.prompt().prompt(), job.manifest()),
                embeddings.read("negativePrompt", job.prompt().negativePrompt(), job.manifest()));
        InitialLatents.Prepared prepared = initialLatents.prepare(job, scheduler);
        return new Inputs(guidance, continued.join().orElse(prepared.start()), prepared.given());
    }

    private Optional<SolverState> continued(DenoisingJob job, Scheduler scheduler) throws RetryableException {
        Optional<SolverState> checkpoint = checkpoints.latest(job, scheduler);
        checkpoint.ifPresent(state -> LOG.infof("continuing jobId=%s step=%d", job.id(), state.step()));
        return checkpoint;
    }
}
