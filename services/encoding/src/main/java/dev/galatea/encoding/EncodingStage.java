package dev.galatea.encoding;

import java.time.Instant;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.encoding.config.EncodingConfig;
import dev.galatea.events.EventPublisher;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EncodingRequested;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.Stage;
import dev.galatea.model.failure.StageException;
import dev.galatea.model.id.JobId;
import dev.galatea.stage.CancelledJobs;
import dev.galatea.stage.ProgressReporter;
import dev.galatea.stage.queue.StageReports;
import dev.galatea.stage.queue.WorkHandler;
import dev.galatea.stage.queue.WorkItem;
import dev.galatea.stage.queue.WorkQueue;
import dev.galatea.stage.queue.WorkQueues;

/** The stage's only class that touches the queue and topics: takes jobs with reference media, gives them with latents. */
@ApplicationScoped
class EncodingStage implements WorkHandler {

    private static final Logger LOG = Logger.getLogger(EncodingStage.class);
    private static final String SOURCE = "/services/encoding";

    private final ReferenceJob job;
    private final WorkQueues queues;
    private final EventPublisher publisher;
    private final StageReports reports;
    private final EncodingConfig config;
    private @Nullable WorkQueue queue;

    @Inject
    EncodingStage(
            ReferenceJob job,
            WorkQueues queues,
            EventPublisher publisher,
            ProgressReporter progress,
            CancelledJobs cancelled,
            EncodingConfig config) {
        this.job = job;
        this.queues = queues;
        this.publisher = publisher;
        this.reports = new StageReports(Stage.ENCODING, progress, cancelled);
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        try {
            job.prepare(config.preload());
        } catch (StageException | RuntimeException e) {
            LOG.warnf("the default bundle's encoder is not loaded reason=%s", e.getMessage());
        }
        queue = queues.open(Stage.ENCODING, EventType.ENCODING_REQUESTED, this);
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
        EncodingRequested event = StageReports.read(EncodingRequested.class, item);
        JobId jobId = event.jobId();
        reports.requireWanted(jobId, item);
        long start = System.nanoTime();
        reports.started(jobId, item);
        PromptConditioned output = job.run(event);
        publisher.publish(
                new CloudEvent(EventIds.of(jobId, EventType.PROMPT_CONDITIONED), SOURCE, Instant.now(), output));
        double seconds = (System.nanoTime() - start) / 1e9;
        reports.finished(jobId, seconds);
        LOG.infof("reference encoded jobId=%s seconds=%.3f", jobId, seconds);
    }

    @Override
    public void retrying(WorkItem item, Failure failure) {
        reports.retrying(item, failure);
    }

    @Override
    public void gaveUp(WorkItem item, Failure failure) {
        reports.gaveUp(item, failure);
    }
}
