package dev.galatea.textconditioning;

import java.time.Instant;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.annotations.Blocking;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

import dev.galatea.events.EventPublisher;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobAccepted;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.JobId;
import dev.galatea.stage.CancelledJobs;
import dev.galatea.stage.ProgressReporter;
import dev.galatea.textconditioning.config.TextConditioningConfig;

/**
 * The stage's only class that touches channels: takes accepted jobs, gives conditioned prompts. Returning acknowledges;
 * what can't be worked on is a dead letter by then (see {@link Attempts}), so nothing stops the channel.
 */
@ApplicationScoped
class TextConditioningStage {

    /** The channel, and the worker pool of its calls. */
    static final String CHANNEL = "text-conditioning-accepted";

    static final String POOL = "text-conditioning";

    private static final Logger LOG = Logger.getLogger(TextConditioningStage.class);
    private static final String SOURCE = "/services/text-conditioning";

    private final Conditioning conditioning;
    private final EventPublisher publisher;
    private final ProgressReporter progress;
    private final CancelledJobs cancelled;
    private final Attempts attempts;
    private final TextConditioningConfig config;

    @Inject
    TextConditioningStage(
            Conditioning conditioning,
            EventPublisher publisher,
            ProgressReporter progress,
            CancelledJobs cancelled,
            Attempts attempts,
            TextConditioningConfig config) {
        this.conditioning = conditioning;
        this.publisher = publisher;
        this.progress = progress;
        this.cancelled = cancelled;
        this.attempts = attempts;
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        if (config.preload()) {
            Thread thread = new Thread(this::preload, "text-conditioning-preload");
            thread.setDaemon(true);
            thread.start();
        }
    }

    @Incoming(CHANNEL)
    @Blocking(value = POOL, ordered = false)
    void condition(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
        attempts.run(record, this::condition);
    }

    private void condition(JobAccepted event, int attempt) throws PoisonException, RetryableException {
        JobId jobId = event.jobId();
        Optional<String> reason = cancelled.reasonFor(jobId);
        if (reason.isPresent()) {
            LOG.infof("cancelled jobId=%s", jobId);
            return;
        }
        long start = System.nanoTime();
        progress.report(jobId, Stage.TEXT_CONDITIONING, new ProgressDetail.Started(attempt), "started/" + attempt);
        Event output = conditioning.run(event);
        publisher.publish(new CloudEvent(EventIds.of(jobId, EventType.of(output)), SOURCE, Instant.now(), output));
        double seconds = (System.nanoTime() - start) / 1e9;
        progress.report(jobId, Stage.TEXT_CONDITIONING, new ProgressDetail.Finished(seconds), "finished");
        LOG.infof("prompt conditioned jobId=%s seconds=%.3f", jobId, seconds);
    }

    private void preload() {
        try {
            conditioning.prepare();
        } catch (PoisonException | RetryableException | RuntimeException e) {
            LOG.warnf("the default bundle's text encoder is not loaded reason=%s", e.getMessage());
        }
    }
}
