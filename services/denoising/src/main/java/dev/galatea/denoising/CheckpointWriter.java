package dev.galatea.denoising;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.denoising.diffusion.Checkpoint;
import dev.galatea.denoising.diffusion.SolverState;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.tensor.ObjectRef;

/**
 * Writes one job's checkpoints, and removes the one before when a newer one is in place. A store that does not answer
 * costs a checkpoint, not the job. Not thread-safe.
 */
final class CheckpointWriter {

    private static final Logger LOG = Logger.getLogger(CheckpointWriter.class);

    private final DenoisingJob job;
    private final Checkpoints checkpoints;
    private final DenoisingConfig.Checkpoint config;
    private @Nullable ObjectRef last;
    private int lastStep;
    private long lastTime = System.nanoTime();

    CheckpointWriter(DenoisingJob job, int startStep, Checkpoints checkpoints, DenoisingConfig config) {
        this.job = job;
        this.checkpoints = checkpoints;
        this.config = config.checkpoint();
        this.lastStep = startStep;
    }

    /** Writes if enough steps or enough time have passed since the last one. */
    void writeIfDue(SolverState state) {
        boolean steps = config.everySteps() > 0 && state.step() - lastStep >= config.everySteps();
        boolean time = System.nanoTime() - lastTime >= config.interval().toNanos();
        if (steps || time) {
            write(state);
        }
    }

    /** Writes unless this state is stored already. */
    void write(SolverState state) {
        if (state.step() == lastStep) {
            return;
        }
        checkpoints.writing().record(() -> store(state));
        lastStep = state.step();
        lastTime = System.nanoTime();
    }

    private void store(SolverState state) {
        try {
            ObjectRef written =
                    checkpoints.write(job.id(), new Checkpoint(state, job.spec().scheduler(), job.run()));
            job.report(new ProgressDetail.CheckpointWritten(state.step(), written), "checkpoint/" + state.step());
            ObjectRef old = last;
            last = written;
            if (old != null) {
                checkpoints.delete(old);
            }
        } catch (RetryableException e) {
            LOG.warnf("checkpoint failed jobId=%s step=%d message=%s", job.id(), state.step(), e.getMessage());
        }
    }
}
