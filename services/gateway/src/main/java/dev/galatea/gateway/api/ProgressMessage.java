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
        return event.detail().accept(new Builder(event));
    }

    private static Video.VideoError error(Failure failure) {
        return new Video.VideoError(failure.code(), failure.message());
    }

    /** Fills in what each kind of report has; used once. */
    private static final class Builder implements ProgressDetail.Visitor<ProgressMessage> {

        private final Progress event;
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

        @Override
        public ProgressMessage started(ProgressDetail.Started started) {
            attempt = started.attempt();
            progress = ProgressPercent.of(event.stage(), 0);
            return build("started");
        }

        @Override
        public ProgressMessage step(ProgressDetail.Step done) {
            step = done.step();
            of = done.of();
            progress = ProgressPercent.of(event.stage(), (double) done.step() / Math.max(1, done.of()));
            return build("step");
        }

        @Override
        public ProgressMessage checkpointWritten(ProgressDetail.CheckpointWritten checkpoint) {
            step = checkpoint.step();
            return build("checkpoint");
        }

        @Override
        public ProgressMessage checkpointRefused(ProgressDetail.CheckpointRefused refused) {
            step = refused.step();
            error = error(refused.failure());
            return build("checkpoint-refused");
        }

        @Override
        public ProgressMessage previewAvailable(ProgressDetail.PreviewAvailable available) {
            step = available.step();
            preview = Previews.path(event.jobId(), available.step());
            return build("preview");
        }

        @Override
        public ProgressMessage uploading(ProgressDetail.Uploading uploading) {
            bytes = uploading.bytes();
            progress = ProgressPercent.of(event.stage(), 1);
            return build("uploading");
        }

        @Override
        public ProgressMessage finished(ProgressDetail.Finished finished) {
            seconds = finished.seconds();
            progress = ProgressPercent.of(event.stage(), 1);
            return build("finished");
        }

        @Override
        public ProgressMessage retrying(ProgressDetail.Retrying retrying) {
            error = error(retrying.failure());
            return build("retrying");
        }

        @Override
        public ProgressMessage failed(ProgressDetail.Failed failed) {
            error = error(failed.failure());
            return build("failed");
        }

        private ProgressMessage build(String kind) {
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
