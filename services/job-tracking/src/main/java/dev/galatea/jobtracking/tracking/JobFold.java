package dev.galatea.jobtracking.tracking;

import java.time.Instant;

import dev.galatea.model.event.ClipDecoded;
import dev.galatea.model.event.EncodingRequested;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.Stage;

/**
 * The fold: state and event to state. Legal moves are {@code queued → running → completed | failed | cancelled | expired}
 * and {@code queued →} any of the last four; a job that is done never changes. An event that brings nothing new returns
 * an equal state.
 */
final class JobFold {

    private JobFold() {}

    static JobState fold(JobState state, Event event, Instant at) {
        if (state.status().isDone()) {
            return state;
        }
        if (event instanceof Progress progress) {
            return progress(state, progress);
        }
        if (event instanceof EncodingRequested) {
            return stageDone(state, Stage.TEXT_CONDITIONING, at);
        }
        if (event instanceof PromptConditioned conditioned) {
            boolean encoded = conditioned.referenceLatents() != null;
            return stageDone(state, encoded ? Stage.ENCODING : Stage.TEXT_CONDITIONING, at);
        }
        if (event instanceof LatentsDenoised) {
            return stageDone(state, Stage.DENOISING, at);
        }
        if (event instanceof ClipDecoded decoded) {
            return JobStateBuilder.of(stageDone(state, Stage.DECODING, at))
                    .completed(decoded.clip(), at)
                    .build(at);
        }
        if (event instanceof JobCommand command) {
            Failure failure = JobTracker.cancelled(command);
            return JobStateBuilder.of(state)
                    .ended(JobStatus.CANCELLED, failure, null, at)
                    .build(at);
        }
        return state;
    }

    private static JobState stageDone(JobState state, Stage stage, Instant at) {
        JobStateBuilder builder = JobStateBuilder.of(state);
        StageStateBuilder of = builder.stage(stage);
        if (of.isFinished()) {
            return state;
        }
        of.finished(at, null);
        return builder.running().build(at);
    }

    private static JobState progress(JobState state, Progress progress) {
        JobStateBuilder builder = JobStateBuilder.of(state).running();
        Instant at = progress.at();
        Stage stage = progress.stage();
        StageStateBuilder of = builder.stage(stage);
        ProgressDetail detail = progress.detail();
        if (detail instanceof ProgressDetail.Started started) {
            if (of.started(started.attempt(), progress.worker(), at)) {
                builder.note(at, stage, "started, attempt " + started.attempt());
            }
        } else if (detail instanceof ProgressDetail.Step step) {
            of.step(step.step(), step.of());
        } else if (detail instanceof ProgressDetail.PreviewAvailable preview) {
            of.preview(preview.object());
        } else if (detail instanceof ProgressDetail.CheckpointWritten checkpoint) {
            builder.noteFrequent(at, stage, "checkpoint after step " + checkpoint.step());
        } else if (detail instanceof ProgressDetail.CheckpointRefused refused) {
            builder.note(
                    at,
                    stage,
                    "checkpoint refused, step " + refused.step() + ": "
                            + refused.failure().message());
        } else if (detail instanceof ProgressDetail.Finished finished) {
            of.finished(at, finished.seconds());
        } else if (detail instanceof ProgressDetail.Retrying retrying) {
            builder.note(at, stage, "retrying: " + retrying.failure().code());
        } else if (detail instanceof ProgressDetail.Failed failed && !of.isFinished()) {
            builder.ended(statusOf(failed.failure()), failed.failure(), stage, at);
        }
        return builder.build(at);
    }

    private static JobStatus statusOf(Failure failure) {
        return switch (failure.cause()) {
            case CANCELLED -> JobStatus.CANCELLED;
            case EXPIRED -> JobStatus.EXPIRED;
            case RETRYABLE, POISON -> JobStatus.FAILED;
        };
    }
}
