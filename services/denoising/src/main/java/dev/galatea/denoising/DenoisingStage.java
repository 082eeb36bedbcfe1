package dev.galatea.denoising;

import java.time.Instant;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.events.EventPublisher;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.Stage;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.failure.StageException;
import dev.galatea.model.id.JobId;
import dev.galatea.stage.ProgressReporter;
import dev.galatea.stage.queue.WorkHandler;
import dev.galatea.stage.queue.WorkItem;
import dev.galatea.stage.queue.WorkQueue;
import dev.galatea.stage.queue.WorkQueues;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Takes conditioned prompts from the work queue, has them denoised, and publishes where the latents are. A job that is
 * delivered again ends in the same bytes under the same key, and in an event with the same id.
 */
@ApplicationScoped
public class DenoisingStage implements WorkHandler {

    private static final Logger LOG = Logger.getLogger(DenoisingStage.class);
    private static final String SOURCE = "/services/denoising";

    private final WorkQueues queues;
    private final EventPublisher publisher;
    private final ProgressReporter progress;
    private final ClipDenoiser denoiser;
    private @Nullable WorkQueue queue;

    public DenoisingStage(
            WorkQueues queues, EventPublisher publisher, ProgressReporter progress, ClipDenoiser denoiser) {
        this.queues = queues;
        this.publisher = publisher;
        this.progress = progress;
        this.denoiser = denoiser;
    }

    void start(@Observes StartupEvent event) {
        denoiser.warmUp();
        queue = queues.open(Stage.DENOISING, EventType.PROMPT_CONDITIONED, this);
    }

    void stop(@Observes ShutdownEvent event) {
        if (queue != null) {
            queue.close();
        }
    }

    @Override
    public void handle(WorkItem item) throws StageException {
        PromptConditioned prompt = decode(item);
        JobId jobId = prompt.jobId();
        int attempt = item.deliveryCount();
        long start = System.nanoTime();
        LOG.infof(
                "denoising jobId=%s attempt=%d steps=%d",
                jobId, attempt, prompt.spec().steps());
        report(jobId, new ProgressDetail.Started(attempt), attempt, "started");

        LatentsDenoised denoised = denoiser.denoise(prompt, attempt, item::shouldRelease);
        publisher.publish(
                new CloudEvent(EventIds.of(jobId, EventType.LATENTS_DENOISED), SOURCE, Instant.now(), denoised));

        double seconds = (System.nanoTime() - start) / 1e9;
        report(jobId, new ProgressDetail.Finished(seconds), attempt, "finished");
        LOG.infof("denoised jobId=%s attempt=%d seconds=%.3f", jobId, attempt, seconds);
    }

    @Override
    public void retrying(WorkItem item, Failure failure) {
        int attempt = item.deliveryCount();
        LOG.warnf(
                "retrying key=%s attempt=%d code=%s message=%s", key(item), attempt, failure.code(), failure.message());
        jobId(item).ifPresent(id -> report(id, new ProgressDetail.Retrying(failure), attempt, "retrying"));
    }

    @Override
    public void gaveUp(WorkItem item, Failure failure) {
        int attempt = item.deliveryCount();
        LOG.errorf(
                "gave up key=%s attempt=%d code=%s message=%s", key(item), attempt, failure.code(), failure.message());
        jobId(item).ifPresent(id -> reportFailed(id, failure, attempt));
    }

    private void reportFailed(JobId jobId, Failure failure, int attempt) {
        try {
            ProgressDetail failed = new ProgressDetail.Failed(failure);
            progress.reportDurably(jobId, Stage.DENOISING, failed, DenoisingJob.discriminator(attempt, "failed"));
        } catch (RetryableException e) {
            LOG.errorf("failure not reported jobId=%s message=%s", jobId, e.getMessage());
        }
    }

    private static PromptConditioned decode(WorkItem item) throws PoisonException {
        try {
            return EventCodec.read(PromptConditioned.class, item.key(), item.value(), item.headers());
        } catch (MalformedEventException e) {
            throw new PoisonException(e.reason().wireName(), e.getMessage(), e);
        }
    }

    private void report(JobId jobId, ProgressDetail detail, int attempt, String what) {
        progress.report(jobId, Stage.DENOISING, detail, DenoisingJob.discriminator(attempt, what));
    }

    private static Optional<JobId> jobId(WorkItem item) {
        try {
            return Optional.of(JobId.parse(key(item)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String key(WorkItem item) {
        byte[] key = item.key();
        return key == null ? "" : new String(key, 0, Math.min(key.length, 64), UTF_8);
    }
}
