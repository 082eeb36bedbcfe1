package dev.galatea.denoising;

import jakarta.inject.Singleton;

import dev.galatea.denoising.diffusion.SampledStep;
import dev.galatea.denoising.diffusion.SolverState;
import dev.galatea.denoising.diffusion.StepListener;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.failure.ReleasedException;
import dev.galatea.model.failure.StageException;

/**
 * Makes the callbacks that the sampler calls around each step: they report progress, write checkpoints, ask for
 * previews, and stop what is not to go on. Thread-safe.
 */
@Singleton
class StepCallbacks {

    private final Previews previews;
    private final Checkpoints checkpoints;
    private final DenoisingConfig config;

    StepCallbacks(Previews previews, Checkpoints checkpoints, DenoisingConfig config) {
        this.previews = previews;
        this.checkpoints = checkpoints;
        this.config = config;
    }

    /** The callbacks of one job that begins at {@code startStep}. */
    StepListener<StageException> of(DenoisingJob job, int startStep) {
        return new JobCallbacks(job, new CheckpointWriter(job, startStep, checkpoints, config));
    }

    private final class JobCallbacks implements StepListener<StageException> {

        private final DenoisingJob job;
        private final CheckpointWriter writer;

        private JobCallbacks(DenoisingJob job, CheckpointWriter writer) {
            this.job = job;
            this.writer = writer;
        }

        @Override
        public void beforeStep(SolverState state) throws StageException {
            try {
                job.delivery().requireWanted();
            } catch (ReleasedException e) {
                giveBack(state);
            }
            if (Thread.currentThread().isInterrupted()) {
                giveBack(state);
            }
        }

        private void giveBack(SolverState state) throws ReleasedException {
            writer.write(state);
            throw new ReleasedException("the worker gave the job back after " + state.step() + " steps");
        }

        @Override
        public void afterStep(SampledStep done) {
            int step = done.state().step();
            job.report(new ProgressDetail.Step(step, done.of()), "step/" + step);
            if (done.isLast()) {
                return;
            }
            writer.writeIfDue(done.state());
            int previewEvery = config.previewEvery();
            if (previewEvery > 0 && step % previewEvery == 0) {
                previews.offer(job.id(), step, job.bundle(), done.estimate());
            }
        }
    }
}
