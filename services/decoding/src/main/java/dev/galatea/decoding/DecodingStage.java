package dev.galatea.decoding;

import java.time.Instant;
import java.util.Optional;

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
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.ClipDecoded;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;
import dev.galatea.plumbing.event.CancelledJobs;
import dev.galatea.plumbing.event.EventPublisher;
import dev.galatea.plumbing.event.ProgressReporter;
import dev.galatea.plumbing.failure.CancelledException;
import dev.galatea.plumbing.failure.PoisonException;
import dev.galatea.plumbing.failure.ReleasedException;
import dev.galatea.plumbing.failure.RetryableException;
import dev.galatea.plumbing.failure.StageException;
import dev.galatea.plumbing.queue.WorkHandler;
import dev.galatea.plumbing.queue.WorkItem;
import dev.galatea.plumbing.queue.WorkQueue;
import dev.galatea.plumbing.queue.WorkQueues;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The stage's only class that touches the queue and topics: takes denoised latents, gives decoded clips. */
@ApplicationScoped
class DecodingStage implements WorkHandler {

    private static final Logger LOG = Logger.getLogger(DecodingStage.class);
    private static final String SOURCE = "/services/decoding";

    private final ClipJob job;
    private final WorkQueues queues;
    private final EventPublisher publisher;
    private final ProgressReporter progress;
    private final CancelledJobs cancelled;
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
        this.cancelled = cancelled;
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
        LatentsDenoised event = read(item);
        JobId jobId = event.jobId();
        ItemObserver observer = new ItemObserver(jobId, item);
        observer.beforeTile();
        long start = System.nanoTime();
        progress.report(
                jobId,
                Stage.DECODING,
                new ProgressDetail.Started(item.deliveryCount()),
                "started/" + item.deliveryCount());
        Clip clip = job.run(event, item.deliveryCount(), observer);
        publisher.publish(new CloudEvent(
                EventIds.of(jobId, EventType.CLIP_DECODED),
                SOURCE,
                Instant.now(),
                new ClipDecoded(jobId, event.spec(), clip)));
        double seconds = (System.nanoTime() - start) / 1e9;
        progress.report(jobId, Stage.DECODING, new ProgressDetail.Finished(seconds), "finished");
        LOG.infof("clip decoded jobId=%s frames=%d seconds=%.3f", jobId, clip.frames(), seconds);
    }

    @Override
    public void retrying(WorkItem item, Failure failure) {
        int attempt = item.deliveryCount();
        jobId(item)
                .ifPresent(id -> progress.report(
                        id, Stage.DECODING, new ProgressDetail.Retrying(failure), "retrying/" + attempt));
    }

    @Override
    public void gaveUp(WorkItem item, Failure failure) {
        Optional<JobId> jobId = jobId(item);
        if (jobId.isEmpty()) {
            return;
        }
        try {
            progress.reportDurably(jobId.get(), Stage.DECODING, new ProgressDetail.Failed(failure), "failed");
        } catch (RetryableException e) {
            // Nobody knows yet that the job failed: the queue brings the record back.
            throw new IllegalStateException("failure not reported: " + e.getMessage(), e);
        }
    }

    private void preload() {
        try {
            job.prepare();
        } catch (StageException | RuntimeException e) {
            LOG.warnf("the default bundle's decoder is not loaded reason=%s", e.getMessage());
        }
    }

    private static LatentsDenoised read(WorkItem item) throws PoisonException {
        try {
            return EventCodec.read(LatentsDenoised.class, item.key(), item.value(), item.headers());
        } catch (MalformedEventException e) {
            throw new PoisonException(e.reason().wireName(), e.getMessage(), e);
        }
    }

    private static Optional<JobId> jobId(WorkItem item) {
        byte[] key = item.key();
        if (key == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(JobId.parse(new String(key, UTF_8)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
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
            Optional<String> reason = cancelled.reasonFor(jobId);
            if (reason.isPresent()) {
                throw new CancelledException(reason.get());
            }
            if (item.shouldRelease()) {
                throw new ReleasedException("the worker stops, or its lock is lost");
            }
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
