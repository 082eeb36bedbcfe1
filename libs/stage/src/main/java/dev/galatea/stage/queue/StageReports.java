package dev.galatea.stage.queue;

import java.util.Optional;

import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.failure.CancelledException;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.ReleasedException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.JobId;
import dev.galatea.stage.CancelledJobs;
import dev.galatea.stage.ProgressReporter;

import static java.nio.charset.StandardCharsets.UTF_8;

/** What a stage says of the records that it takes from its queue: progress, by job. Thread-safe. */
public final class StageReports {

    private final Stage stage;
    private final ProgressReporter progress;
    private final CancelledJobs cancelled;

    public StageReports(Stage stage, ProgressReporter progress, CancelledJobs cancelled) {
        this.stage = stage;
        this.progress = progress;
        this.cancelled = cancelled;
    }

    /** A record's event; what is none is poison. */
    public static <E extends Event> E read(Class<E> type, WorkItem item) throws PoisonException {
        try {
            return EventCodec.read(type, item.key(), item.value(), item.headers());
        } catch (MalformedEventException e) {
            throw new PoisonException(e.reason().wireName(), e.getMessage(), e);
        }
    }

    /** Stops the work if somebody cancelled the job, or if this worker shall not have it any more. */
    public void requireWanted(JobId jobId, WorkItem item) throws CancelledException, ReleasedException {
        Optional<String> reason = cancelled.reasonFor(jobId);
        if (reason.isPresent()) {
            throw new CancelledException(reason.get());
        }
        if (item.shouldRelease()) {
            throw new ReleasedException("the worker stops, or its lock is lost");
        }
    }

    /** This worker took the job. */
    public void started(JobId jobId, WorkItem item) {
        int attempt = item.deliveryCount();
        progress.report(jobId, stage, new ProgressDetail.Started(attempt), "started/" + attempt);
    }

    /** The stage is done, and its output published. */
    public void finished(JobId jobId, double seconds) {
        progress.report(jobId, stage, new ProgressDetail.Finished(seconds), "finished");
    }

    /** As {@link WorkHandler#retrying}. */
    public void retrying(WorkItem item, Failure failure) {
        int attempt = item.deliveryCount();
        jobId(item)
                .ifPresent(
                        id -> progress.report(id, stage, new ProgressDetail.Retrying(failure), "retrying/" + attempt));
    }

    /** As {@link WorkHandler#gaveUp}: the job fails. */
    public void gaveUp(WorkItem item, Failure failure) {
        Optional<JobId> jobId = jobId(item);
        if (jobId.isEmpty()) {
            return;
        }
        try {
            progress.reportDurably(jobId.get(), stage, new ProgressDetail.Failed(failure), "failed");
        } catch (RetryableException e) {
            // Nobody knows yet that the job failed: the queue brings the record back.
            throw new IllegalStateException("failure not reported: " + e.getMessage(), e);
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
}
