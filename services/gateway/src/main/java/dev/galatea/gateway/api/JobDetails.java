package dev.galatea.gateway.api;

import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.jobs.Forecast;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobState.HistoryEntry;
import dev.galatea.model.event.JobWarning;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.Spritesheet;
import dev.galatea.model.event.StageState;

/**
 * The details of a job that the dialect has no fields for.
 *
 * @param status the exact one, among them {@code cancelled}, {@code refused} and {@code expired}
 * @param queuePosition 1 for the next; absent once the job runs
 * @param etaSeconds estimated time until the clip is there, from finished jobs
 * @param bundle digest of the model's manifest, which pins every file of the model
 * @param upscale how many times as wide and high as the decoded clip it is; absent for once
 * @param interpolateToFps frames per second that frames are added for; absent if none are
 * @param decoded the clip before it is finished; absent if nothing is done with it
 * @param madeFrom absent unless it was made from another video
 * @param warnings absent if there are none
 * @param spritesheet the layout of the sheet of pictures; absent until the clip is there
 * @param history the job's changes, oldest first; absent in lists
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobDetails(
        String status,
        @Nullable Integer queuePosition,
        @Nullable Double etaSeconds,
        @Nullable String negativePrompt,
        @Nullable String bundle,
        @Nullable String scheduler,
        @Nullable Integer upscale,
        @Nullable Integer interpolateToFps,
        @Nullable Decoded decoded,
        Instant submittedAt,
        @Nullable Instant finishedAt,
        @Nullable MadeFrom madeFrom,
        List<StageDetails> stages,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<WarningDetails> warnings,
        @Nullable SpritesheetDetails spritesheet,
        @Nullable List<HistoryEntry> history) {

    /**
     * The state of one stage.
     *
     * @param preview address of the newest picture of the estimate
     * @param cachedSteps the steps, counted from 1, at which the denoiser did not run
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record StageDetails(
            String stage,
            int attempts,
            int step,
            int steps,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            @Nullable Double seconds,
            @Nullable String worker,
            @Nullable String preview,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Integer> cachedSteps) {}

    /**
     * Something that whoever ordered the video should know.
     *
     * @param param the field of the order that it is about
     * @param kept the part of that field that counts
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record WarningDetails(
            String code,
            @Nullable String param,
            String message,
            @Nullable String kept) {

        static WarningDetails of(JobWarning warning) {
            String field = warning.field();
            String param = field == null ? null : HttpNames.of(field, null);
            return new WarningDetails(
                    warning.code(),
                    param,
                    param == null ? warning.message() : warning.messageNaming(param),
                    warning.kept());
        }
    }

    /** The measures of a clip that the model makes, before it is finished. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Decoded(String size, int numFrames, int fps) {

        static Decoded of(JobSpec spec) {
            return new Decoded(spec.width() + "x" + spec.height(), spec.frames(), spec.fps());
        }
    }

    /** Pictures row by row from the top left, evenly spread over the clip. */
    public record SpritesheetDetails(int columns, int rows, int pictures) {}

    /**
     * The origin of a video.
     *
     * @param id of the video that it was made from; absent if that was uploaded
     * @param by the kind of derivation: {@code remix} took the settings, {@code edit} varied the clip,
     *     {@code extension} continued it
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record MadeFrom(@Nullable String id, String by) {

        static @Nullable MadeFrom of(JobState state) {
            ReferenceMedia reference =
                    state.spec() == null ? null : state.spec().reference();
            String id = state.remixOf() == null ? null : state.remixOf().toString();
            if (reference != null && reference.role() == ReferenceMedia.Role.EXTENSION) {
                return new MadeFrom(id, "extension");
            }
            if (reference != null && reference.role() == ReferenceMedia.Role.VIDEO) {
                return new MadeFrom(id, "edit");
            }
            return id == null ? null : new MadeFrom(id, "remix");
        }
    }

    static JobDetails of(JobState state, Forecast forecast, boolean withHistory) {
        JobSpec spec = state.spec();
        return new JobDetails(
                state.status().wireName(),
                forecast.position().isPresent() ? forecast.position().getAsInt() : null,
                forecast.seconds().isPresent() ? tenths(forecast.seconds().getAsDouble()) : null,
                spec == null ? null : spec.negativePrompt(),
                spec == null ? null : spec.bundle().hex(),
                spec == null ? null : spec.scheduler(),
                spec == null ? null : spec.settings().upscale(),
                spec == null ? null : spec.settings().interpolateToFps(),
                spec == null || !spec.asksForFinishing() ? null : Decoded.of(spec),
                state.submittedAt(),
                state.finishedAt(),
                MadeFrom.of(state),
                state.stages().stream().map(stage -> of(state, stage)).toList(),
                state.warnings().stream().map(WarningDetails::of).toList(),
                spritesheet(state.clip()),
                withHistory ? state.history() : null);
    }

    private static @Nullable SpritesheetDetails spritesheet(@Nullable Clip clip) {
        Spritesheet sheet = clip == null ? null : clip.spritesheet();
        return sheet == null ? null : new SpritesheetDetails(sheet.columns(), sheet.rows(), sheet.pictures());
    }

    private static StageDetails of(JobState state, StageState stage) {
        return new StageDetails(
                stage.stage().wireName(),
                stage.attempts(),
                stage.step(),
                stage.steps(),
                stage.startedAt(),
                stage.finishedAt(),
                stage.seconds(),
                stage.worker(),
                stage.preview() == null ? null : Previews.path(state.jobId(), Previews.stepOf(stage.preview())),
                stage.cachedSteps());
    }

    static double tenths(double seconds) {
        return Math.round(10 * seconds) / 10.0;
    }
}
