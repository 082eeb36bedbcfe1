package dev.galatea.gateway.api;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.Failure;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;

/**
 * One report of a stage.
 *
 * @param kind {@code started}, {@code step}, {@code checkpoint}, {@code checkpoint-refused}, {@code preview},
 *     {@code uploading}, {@code finished}, {@code retrying} or {@code failed}
 * @param progress percent of the whole job
 * @param attempt with {@code started}, counted from 1
 * @param step with {@code step}, {@code preview} and either kind of checkpoint: how far the stage is
 * @param of with {@code step}: how far it goes
 * @param preview with {@code preview}: where the picture is
 * @param bytes with {@code uploading}: how much goes into the store
 * @param seconds with {@code finished}: how long the stage took
 * @param error with {@code retrying}, {@code failed} and {@code checkpoint-refused}
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ProgressMessage(
        String videoId,
        String stage,
        String kind,
        Instant at,
        String worker,
        @Nullable Integer progress,
        @Nullable Integer attempt,
        @Nullable Integer step,
        @Nullable Integer of,
        @Nullable String preview,
        @Nullable Long bytes,
        @Nullable Double seconds,
        Video.@Nullable VideoError error) {

    static ProgressMessage of(Progress event) {
        ProgressDetail detail = event.detail();
        Builder builder = new Builder(event);
        if (detail instanceof ProgressDetail.Started started) {
            builder.kind = "started";
            builder.attempt = started.attempt();
            builder.progress = ProgressPercent.of(event.stage(), 0);
        } else if (detail instanceof ProgressDetail.Step step) {
            builder.kind = "step";
            builder.step = step.step();
            builder.of = step.of();
            builder.progress = ProgressPercent.of(event.stage(), (double) step.step() / Math.max(1, step.of()));
        } else if (detail instanceof ProgressDetail.CheckpointWritten checkpoint) {
            builder.kind = "checkpoint";
            builder.step = checkpoint.step();
        } else if (detail instanceof ProgressDetail.CheckpointRefused refused) {
            builder.kind = "checkpoint-refused";
            builder.step = refused.step();
            builder.error = error(refused.failure());
        } else if (detail instanceof ProgressDetail.PreviewAvailable preview) {
            builder.kind = "preview";
            builder.step = preview.step();
            builder.preview = Previews.path(event.jobId(), preview.step());
        } else if (detail instanceof ProgressDetail.Uploading uploading) {
            builder.kind = "uploading";
            builder.bytes = uploading.bytes();
            builder.progress = ProgressPercent.of(event.stage(), 1);
        } else if (detail instanceof ProgressDetail.Finished finished) {
            builder.kind = "finished";
            builder.seconds = finished.seconds();
            builder.progress = ProgressPercent.of(event.stage(), 1);
        } else if (detail instanceof ProgressDetail.Retrying retrying) {
            builder.kind = "retrying";
            builder.error = error(retrying.failure());
        } else if (detail instanceof ProgressDetail.Failed failed) {
            builder.kind = "failed";
            builder.error = error(failed.failure());
        }
        return builder.build();
    }

    private static Video.VideoError error(Failure failure) {
        return new Video.VideoError(failure.code(), failure.message());
    }

    /** A message while it is filled in. */
    private static final class Builder {

        private final Progress event;
        private String kind = "";
        private @Nullable Integer progress;
        private @Nullable Integer attempt;
        private @Nullable Integer step;
        private @Nullable Integer of;
        private @Nullable String preview;
        private @Nullable Long bytes;
        private @Nullable Double seconds;
        private Video.@Nullable VideoError error;

        Builder(Progress event) {
            this.event = event;
        }

        ProgressMessage build() {
            return new ProgressMessage(
                    event.jobId().toString(),
                    event.stage().wireName(),
                    kind,
                    event.at(),
                    event.worker(),
                    progress,
                    attempt,
                    step,
                    of,
                    preview,
                    bytes,
                    seconds,
                    error);
        }
    }
}
