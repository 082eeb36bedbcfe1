package dev.galatea.textconditioning;

import java.time.Duration;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.deadletters.DeadLetters;
import dev.galatea.events.ReceivedRecord;
import dev.galatea.events.TopicProvisioner;
import dev.galatea.events.Tracing;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.JobAccepted;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.JobId;
import dev.galatea.stage.ProgressReporter;
import dev.galatea.textconditioning.config.TextConditioningConfig;

/**
 * The channel's failure policy. Malformed records become dead letters. What may succeed later is tried again in place,
 * with doubling pauses, a bounded number of times; then, or at once when it can't succeed, the job is reported as failed
 * and the record becomes a dead letter. Both of these are tried until the broker takes them. Thread-safe.
 */
@ApplicationScoped
class Attempts {

    private static final Logger LOG = Logger.getLogger(Attempts.class);

    private final DeadLetters deadLetters;
    private final ProgressReporter progress;
    private final TextConditioningConfig.Retry retry;
    private final Tracing tracing;

    @Inject
    Attempts(DeadLetters deadLetters, ProgressReporter progress, TextConditioningConfig config, Tracing tracing) {
        this.deadLetters = deadLetters;
        this.progress = progress;
        this.retry = config.retry();
        this.tracing = tracing;
    }

    /** The work on one event. */
    interface Work {

        /** Does it once; {@code attempt} counts from 1. */
        void attempt(JobAccepted event, int attempt) throws PoisonException, RetryableException;
    }

    /** The work on the broker that must be done before a record may be acknowledged. */
    private interface Publication {

        void publish() throws RetryableException;
    }

    /** Works on a record until there is nothing more to do about it. */
    void run(ConsumerRecord<byte[], byte[]> record, Work work) throws InterruptedException {
        ReceivedRecord origin = new ReceivedRecord(record);
        tracing.process(origin, TopicProvisioner.groupOf(Stage.TEXT_CONDITIONING), () -> {
            settle(origin, work);
            return null;
        });
    }

    private void settle(ReceivedRecord origin, Work work) throws InterruptedException {
        JobAccepted event;
        try {
            event = EventCodec.read(JobAccepted.class, origin.key(), origin.value(), origin.headers());
        } catch (MalformedEventException e) {
            Failure failure = new Failure(FailureCause.POISON, e.reason().wireName(), String.valueOf(e.getMessage()));
            Tracing.failed(failure.code());
            untilPublished(() -> deadLetters.publish(origin, failure));
            return;
        }
        Failure failure = attempt(event, work);
        if (failure != null) {
            Tracing.failed(failure.code());
            untilPublished(() -> progress.reportDurably(
                    event.jobId(), Stage.TEXT_CONDITIONING, new ProgressDetail.Failed(failure), "failed"));
            untilPublished(() -> deadLetters.publish(origin, failure));
        }
    }

    private @Nullable Failure attempt(JobAccepted event, Work work) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                work.attempt(event, attempt);
                return null;
            } catch (PoisonException e) {
                return e.toFailure();
            } catch (RetryableException e) {
                if (attempt >= retry.attempts()) {
                    return e.toFailure();
                }
                reportRetry(event.jobId(), attempt, e.toFailure());
                pause(attempt);
            } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
                LOG.errorf(e, "unexpected failure jobId=%s", event.jobId());
                return new Failure(
                        FailureCause.POISON, "internal_error", e.getClass().getSimpleName());
            }
        }
    }

    private void reportRetry(JobId jobId, int attempt, Failure failure) {
        LOG.warnf("trying again jobId=%s attempt=%d code=%s", jobId, attempt, failure.code());
        progress.report(jobId, Stage.TEXT_CONDITIONING, new ProgressDetail.Retrying(failure), "retrying/" + attempt);
    }

    private void untilPublished(Publication publication) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                publication.publish();
                return;
            } catch (RetryableException e) {
                LOG.warnf("the broker does not take it, trying again attempt=%d reason=%s", attempt, e.getMessage());
                pause(attempt);
            }
        }
    }

    private void pause(int attempt) throws InterruptedException {
        Thread.sleep(
                pauseAfter(attempt, retry.firstPause(), retry.longestPause()).toMillis());
    }

    static Duration pauseAfter(int attempt, Duration first, Duration longest) {
        Duration pause = first.multipliedBy(1L << Math.min(attempt - 1, 20));
        return pause.compareTo(longest) > 0 ? longest : pause;
    }
}
