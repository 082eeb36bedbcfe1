package dev.galatea.decoding;

import java.time.Instant;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.decoding.clip.ClipObserver;
import dev.galatea.decoding.config.DecodingConfig;
import dev.galatea.events.EventPublisher;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.ClipDecoded;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.failure.CancelledException;
import dev.galatea.model.failure.ReleasedException;
import dev.galatea.model.failure.StageException;
import dev.galatea.model.id.JobId;
import dev.galatea.stage.CancelledJobs;
import dev.galatea.stage.ProgressReporter;
import dev.galatea.stage.queue.StageReports;
import dev.galatea.stage.queue.WorkHandler;
import dev.galatea.stage.queue.WorkItem;
import dev.galatea.stage.queue.WorkQueue;
import dev.galatea.stage.queue.WorkQueues;

/** The stage's only class that touches the queue and topics: takes denoised latents, gives decoded clips. */
@ApplicationScoped
class DecodingStage implements WorkHandler {

    private static final Logger LOG = Logger.getLogger(DecodingStage.class);
    private static final String SOURCE = "/services/decoding";

    private final ClipJob job;
    private final WorkQueues queues;
    private final EventPublisher publisher;
    private final ProgressReporter progress;
    private final StageReports reports;
    private final DecodingConfig config;
    private @Nullable WorkQueue queue;

    @Inject
    DecodingStage(
            ClipJob job,
            WorkQueues queues,
            EventPublisher publisher,
            ProgressReporter progress,
            CancelledJobs cancelled,
            DecodingConfig config) {
        this.job = job;
        this.queues = queues;
        this.publisher = publisher;
        this.progress = progress;
        this.reports = new StageReports(Stage.DECODING, progress, cancelled);
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        if (config.preload()) {
            Thread thread = new Thread(this::preload, "decoding-preload");
            thread.setDaemon(true);
            thread.start();
        }
        queue = queues.open(Stage.DECODING, EventType.LATENTS_DENOISED, this);
    }

    void stop(@Observes ShutdownEvent event) {
        close();
    }

    @PreDestroy
    void close() {
        if (queue != null) {
            queue.close();
            queue = null;
        }
    }

    @Override
    public void handle(WorkItem item) throws StageException, InterruptedException {
        LatentsDenoised event = StageReports.read(LatentsDenoised.class, item);
        JobId jobId = event.jobId();
        ItemObserver observer = new ItemObserver(jobId, item);
        observer.beforeTile();
        long start = System.nanoTime();
        reports.started(jobId, item);
        Clip clip = job.run(event, item.deliveryCount(), observer);
        publisher.publish(new CloudEvent(
                EventIds.of(jobId, EventType.CLIP_DECODED),
                SOURCE,
                Instant.now(),
                new ClipDecoded(jobId, event.spec(), clip)));
        double seconds = (System.nanoTime() - start) / 1e9;
        reports.finished(jobId, seconds);
        LOG.infof("clip decoded jobId=%s frames=%d seconds=%.3f", jobId, clip.frames(), seconds);
    }

    @Override
    public void retrying(WorkItem item, Failure failure) {
        reports.retrying(item, failure);
    }

    @Override
    public void gaveUp(WorkItem item, Failure failure) {
        reports.gaveUp(item, failure);
    }

    private void preload() {
        try {
            job.prepare();
        } catch (StageException | RuntimeException e) {
            LOG.warnf("the default bundle's decoder is not loaded reason=%s", e.getMessage());
        }
    }

    private final class ItemObserver implements ClipObserver {

        private final JobId jobId;
        private final WorkItem item;

        ItemObserver(JobId jobId, WorkItem item) {
            this.jobId = jobId;
            this.item = item;
        }

        @Override
        public void beforeTile() throws CancelledException, ReleasedException {
            reports.requireWanted(jobId, item);
        }

        @Override
        public void framesDone(int done, int all) {
            progress.report(jobId, Stage.DECODING, new ProgressDetail.Step(done, all), "frames/" + done);
        }

        @Override
        public void uploading(long bytes) {
            progress.report(
                    jobId, Stage.DECODING, new ProgressDetail.Uploading(bytes), "uploading/" + item.deliveryCount());
        }
    }
}
