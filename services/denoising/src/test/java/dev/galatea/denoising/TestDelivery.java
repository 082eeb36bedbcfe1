package dev.galatea.denoising;

import java.util.function.BooleanSupplier;

import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.failure.ReleasedException;
import dev.galatea.model.id.JobId;
import dev.galatea.stage.Delivery;
import dev.galatea.stage.ProgressReporter;

/**
 * A delivery without a queue.
 *
 * @param stop asked between steps whether to give the job back
 */
record TestDelivery(JobId jobId, int attempt, BooleanSupplier stop, ProgressReporter progress) implements Delivery {

    @Override
    public boolean shouldStop() {
        return stop.getAsBoolean();
    }

    @Override
    public void requireWanted() throws ReleasedException {
        if (shouldStop()) {
            throw new ReleasedException("asked to");
        }
    }

    @Override
    public void report(ProgressDetail detail, String discriminator) {
        progress.report(jobId, Stage.DENOISING, detail, discriminator);
    }
}
