package dev.galatea.jobtracking.tracking;

import java.time.Instant;

import dev.galatea.model.event.Failure;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;

/** Folds one report of progress into the state of a job that is not done. */
final class ProgressFold implements ProgressDetail.Visitor<NextJobState> {

    private final NextJobState builder;
    private final StageStateBuilder of;
    private final Progress progress;
    private final Stage stage;
    private final Instant at;

    private ProgressFold(NextJobState builder, Progress progress) {
        this.builder = builder;
        this.progress = progress;
        this.stage = progress.stage();
        this.at = progress.at();
        this.of = builder.stage(stage);
    }

    static JobState fold(NextJobState builder, Progress progress) {
        return progress.detail().accept(new ProgressFold(builder, progress)).build(progress.at());
    }

    @Override
    public NextJobState started(ProgressDetail.Started started) {
        if (of.started(started.attempt(), progress.worker(), at)) {
            builder.note(at, stage, "started, attempt " + started.attempt());
        }
        return builder;
    }

    @Override
    public NextJobState step(ProgressDetail.Step step) {
        of.step(step.step(), step.of());
        return builder;
    }

    @Override
    public NextJobState checkpointWritten(ProgressDetail.CheckpointWritten checkpoint) {
        builder.noteFrequent(at, stage, "checkpoint after step " + checkpoint.step());
        return builder;
    }

    @Override
    public NextJobState checkpointRefused(ProgressDetail.CheckpointRefused refused) {
        String why = refused.failure().message();
        builder.note(at, stage, "checkpoint refused, step " + refused.step() + ": " + why);
        return builder;
    }

    @Override
    public NextJobState previewAvailable(ProgressDetail.PreviewAvailable preview) {
        of.preview(preview.object());
        return builder;
    }

    @Override
    public NextJobState uploading(ProgressDetail.Uploading uploading) {
        return builder;
    }

    @Override
    public NextJobState finished(ProgressDetail.Finished finished) {
        of.finished(at, finished.seconds());
        return builder;
    }

    @Override
    public NextJobState retrying(ProgressDetail.Retrying retrying) {
        builder.note(at, stage, "retrying: " + retrying.failure().code());
        return builder;
    }

    @Override
    public NextJobState failed(ProgressDetail.Failed failed) {
        if (!of.isFinished()) {
            builder.ended(statusOf(failed.failure()), failed.failure(), stage, at);
        }
        return builder;
    }

    private static JobStatus statusOf(Failure failure) {
        return switch (failure.cause()) {
            case CANCELLED -> JobStatus.CANCELLED;
            case EXPIRED -> JobStatus.EXPIRED;
            case RETRYABLE, POISON -> JobStatus.FAILED;
        };
    }
}
