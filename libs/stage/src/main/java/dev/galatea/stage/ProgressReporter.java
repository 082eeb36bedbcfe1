package dev.galatea.stage;

import java.time.Clock;
import java.time.Instant;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.micrometer.core.instrument.MeterRegistry;

import dev.galatea.events.EventPublisher;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.JobId;
import dev.galatea.worker.Worker;

/** Tells what a stage is doing with a job. Thread-safe. */
@ApplicationScoped
public class ProgressReporter {

    private final EventPublisher publisher;
    private final Worker worker;
    private final ProgressMetrics metrics;
    private final Clock clock = Clock.systemUTC();

    @Inject
    public ProgressReporter(EventPublisher publisher, Worker worker, MeterRegistry meters) {
        this.publisher = publisher;
        this.worker = worker;
        this.metrics = new ProgressMetrics(meters);
    }

    /**
     * Reports without waiting; a report may be lost with the broker.
     *
     * @param discriminator unique among the stage's reports for the same job, such as {@code step/3}
     */
    public void report(JobId jobId, Stage stage, ProgressDetail detail, String discriminator) {
        publisher.publishAsync(event(jobId, stage, detail, discriminator));
    }

    /** Reports what must not be lost: that a stage gave up. */
    public void reportDurably(JobId jobId, Stage stage, ProgressDetail detail, String discriminator)
            throws RetryableException {
        publisher.publish(event(jobId, stage, detail, discriminator));
    }

    private CloudEvent event(JobId jobId, Stage stage, ProgressDetail detail, String discriminator) {
        metrics.count(stage, detail);
        Instant now = clock.instant();
        return new CloudEvent(
                EventIds.of(jobId, EventType.PROGRESS, stage.wireName() + "/" + discriminator),
                "/services/" + stage.wireName(),
                now,
                new Progress(jobId, stage, now, worker.name(), detail));
    }
}
