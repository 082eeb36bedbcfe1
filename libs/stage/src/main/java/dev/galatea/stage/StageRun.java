package dev.galatea.stage;

import java.util.Optional;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.events.ReceivedRecord;
import dev.galatea.events.RecordOrigin;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.failure.CancelledException;
import dev.galatea.model.failure.ReleasedException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.JobId;
import dev.galatea.model.pipeline.StageDefinition;
import dev.galatea.workqueue.WorkQueueMetadata;

/** One delivery of a record to a stage, from its span's begin to its end; made by {@link StageRuns}. Thread-safe. */
final class StageRun implements Delivery {

    private static final Logger LOG = Logger.getLogger(StageRun.class);

    private final StageDefinition definition;
    private final Stage stage;
    private final WorkQueueMetadata record;
    private final @Nullable JobId jobId;
    private final ProgressReporter progress;
    private final CancelledJobs cancelled;
    private final Context trace;
    private final long start = System.nanoTime();

    /** @param jobId the job that the record's key names, if it names one */
    StageRun(
            StageDefinition definition,
            WorkQueueMetadata record,
            @Nullable JobId jobId,
            ProgressReporter progress,
            CancelledJobs cancelled,
            Context trace) {
        this.definition = definition;
        this.stage = definition.stage();
        this.record = record;
        this.jobId = jobId;
        this.progress = progress;
        this.cancelled = cancelled;
        this.trace = trace;
        if (jobId != null) {
            cancelled.begin(jobId);
        }
    }

    StageDefinition definition() {
        return definition;
    }

    /** The record that was delivered. */
    RecordOrigin origin() {
        return new ReceivedRecord(record.record());
    }

    /** The context that holds the span of this run. */
    Context trace() {
        return trace;
    }

    @Override
    public JobId jobId() {
        if (jobId == null) {
            throw new IllegalStateException("the key of " + record + " names no job");
        }
        return jobId;
    }

    @Override
    public int attempt() {
        return record.deliveryCount();
    }

    @Override
    public boolean shouldStop() {
        return record.shouldRelease();
    }

    @Override
    public void requireWanted() throws CancelledException, ReleasedException {
        Optional<String> reason = cancelled.reasonFor(jobId());
        if (reason.isPresent()) {
            throw new CancelledException(reason.get());
        }
        if (shouldStop()) {
            throw new ReleasedException("the worker stops, or its lock is lost");
        }
    }

    @Override
    public void report(ProgressDetail detail, String discriminator) {
        // Here and not around the stage's method, which may report from any thread.
        try (Scope scope = trace.makeCurrent()) {
            progress.report(jobId(), stage, detail, discriminator);
        }
    }

    void started() {
        LOG.infof("started stage=%s jobId=%s attempt=%d", stage.wireName(), jobId, attempt());
        report(new ProgressDetail.Started(attempt()), "started/" + attempt());
    }

    /** The output is published. */
    void finished() {
        double seconds = (System.nanoTime() - start) / 1e9;
        report(new ProgressDetail.Finished(seconds), "finished");
        LOG.infof("finished stage=%s jobId=%s attempt=%d seconds=%.3f", stage.wireName(), jobId, attempt(), seconds);
    }

    /** The record will be delivered again. */
    void retrying(Failure failure) {
        LOG.warnf(
                "trying again stage=%s record=%s code=%s message=%s",
                stage.wireName(), record, failure.code(), failure.message());
        if (jobId != null) {
            report(new ProgressDetail.Retrying(failure), "retrying/" + attempt());
        }
    }

    /** The record will not be delivered again; throws if nobody could be told. */
    void failed(Failure failure) throws RetryableException {
        LOG.errorf(
                "gave up stage=%s record=%s code=%s message=%s",
                stage.wireName(), record, failure.code(), failure.message());
        reportEnd(failure, "failed");
    }

    /** The record was stopped by a command; throws if nobody could be told. */
    void cancelled(Failure failure) throws RetryableException {
        LOG.infof("cancelled stage=%s record=%s", stage.wireName(), record);
        reportEnd(failure, "cancelled");
    }

    private void reportEnd(Failure failure, String discriminator) throws RetryableException {
        if (jobId != null) {
            try (Scope scope = trace.makeCurrent()) {
                progress.reportDurably(jobId, stage, new ProgressDetail.Failed(failure), discriminator);
            }
        }
    }

    /** Marks the span as failed. */
    void markFailed(String code) {
        Span.fromContext(trace).setStatus(StatusCode.ERROR, code);
    }

    /** Ends the run and its span. */
    void end() {
        if (jobId != null) {
            cancelled.end(jobId);
        }
        Span.fromContext(trace).end();
    }

    @Override
    public String toString() {
        return stage.wireName() + " " + record;
    }
}
