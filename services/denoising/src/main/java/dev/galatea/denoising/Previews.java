package dev.galatea.denoising;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import dev.galatea.denoising.onnx.ModelCache;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.failure.StageException;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.stage.ProgressReporter;
import dev.galatea.store.ObjectStore;

/**
 * Paints previews beside the sampling, one at a time. When painting can't keep up, the newest picture wins; what fails
 * is logged and costs the job nothing. Thread-safe.
 */
@ApplicationScoped
class Previews {

    private static final Logger LOG = Logger.getLogger(Previews.class);

    private final ModelCache models;
    private final ObjectStore store;
    private final ProgressReporter progress;
    private final ExecutorService executor;
    private final AtomicReference<Runnable> next = new AtomicReference<>();
    private final Semaphore painter = new Semaphore(1);

    Previews(ModelCache models, ObjectStore store, ProgressReporter progress, ExecutorService executor) {
        this.executor = executor;
        this.models = models;
        this.store = store;
        this.progress = progress;
    }

    /** Asks for a picture of the middle of the estimated clip; returns at once. */
    void offer(JobId jobId, int step, Bundle bundle, Supplier<Tensor> estimate) {
        next.set(() -> paint(jobId, step, bundle, estimate));
        executor.execute(this::paintNext);
    }

    /** Paints what is newest; whoever comes while somebody paints leaves it to them. */
    private void paintNext() {
        while (next.get() != null && painter.tryAcquire()) {
            try {
                Runnable newest = next.getAndSet(null);
                if (newest != null) {
                    newest.run();
                }
            } finally {
                painter.release();
            }
        }
    }

    private void paint(JobId jobId, int step, Bundle bundle, Supplier<Tensor> estimate) {
        try (ModelCache.Lease lease = models.acquire(bundle)) {
            byte[] jpeg = lease.models().preview(estimate.get());
            ObjectRef picture = store.put(ObjectKeys.preview(jobId, step), "image/jpeg", jpeg);
            progress.report(
                    jobId, Stage.DENOISING, new ProgressDetail.PreviewAvailable(step, picture), "preview/" + step);
        } catch (StageException | RuntimeException e) {
            LOG.warnf("preview failed jobId=%s step=%d message=%s", jobId, step, e.getMessage());
        }
    }
}
