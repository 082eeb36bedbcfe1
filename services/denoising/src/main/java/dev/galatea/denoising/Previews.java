package dev.galatea.denoising;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import jakarta.annotation.PreDestroy;
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
 * Paints previews beside the sampling, on one thread of its own. When it can't keep up, the newest picture wins; what
 * fails is logged and costs the job nothing. Thread-safe.
 */
@ApplicationScoped
class Previews {

    private static final Logger LOG = Logger.getLogger(Previews.class);

    private final ModelCache models;
    private final ObjectStore store;
    private final ProgressReporter progress;
    private final ThreadPoolExecutor painter = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(1),
            Previews::thread,
            new ThreadPoolExecutor.DiscardOldestPolicy());

    Previews(ModelCache models, ObjectStore store, ProgressReporter progress) {
        this.models = models;
        this.store = store;
        this.progress = progress;
    }

    /** Asks for a picture of the middle of the estimated clip; returns at once. */
    void offer(JobId jobId, int step, Bundle bundle, Supplier<Tensor> estimate) {
        painter.execute(() -> paint(jobId, step, bundle, estimate));
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

    @PreDestroy
    void close() {
        painter.shutdownNow();
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "denoising-previews");
        thread.setDaemon(true);
        return thread;
    }
}
