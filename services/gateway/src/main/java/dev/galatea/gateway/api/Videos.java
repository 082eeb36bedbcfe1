package dev.galatea.gateway.api;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.jobs.Forecast;
import dev.galatea.gateway.jobs.VideoStatus;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.GenerationSettings;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.PromptSubmitted;

/** Jobs as Video objects. */
final class Videos {

    private static final String AUTO = "auto";

    private Videos() {}

    /** @param retention the time after its end for which a job and its objects are kept */
    static Video of(JobState state, Forecast forecast, boolean withHistory, Duration retention) {
        JobSpec spec = state.spec();
        Failure failure = state.failure();
        Integer frames = frames(state);
        return new Video(
                state.jobId().toString(),
                Video.OBJECT,
                state.model() == null ? AUTO : state.model(),
                VideoStatus.of(state.status()).wireName(),
                ProgressPercent.of(state),
                state.submittedAt().getEpochSecond(),
                state.status() == JobStatus.COMPLETED ? seconds(state.finishedAt()) : null,
                expiry(state, retention),
                state.prompt(),
                state.remixOf() == null ? null : state.remixOf().toString(),
                spec == null || frames == null ? AUTO : decimal((double) frames / spec.finishedFps()),
                spec == null ? AUTO : size(spec),
                failure == null
                        ? null
                        : new Video.VideoError(
                                failure.code(), HttpNames.message(failure, spec == null ? null : spec.reference())),
                frames,
                spec == null ? null : spec.finishedFps(),
                spec == null ? null : spec.steps(),
                spec == null ? null : spec.guidance(),
                spec == null ? null : spec.seed(),
                null,
                JobDetails.of(state, forecast, withHistory));
    }

    /** The moment at which the clip is removed; null as long as there is none. */
    private static @Nullable Long expiry(JobState state, Duration retention) {
        Instant finishedAt = state.finishedAt();
        return state.clip() == null || finishedAt == null ? null : seconds(finishedAt.plus(retention));
    }

    private static String size(JobSpec spec) {
        return spec.width() * spec.upscaleOrOne() + "x" + spec.height() * spec.upscaleOrOne();
    }

    /** Returns the clip's frames; until there is one, those to make, which for an extension are fewer. */
    private static @Nullable Integer frames(JobState state) {
        if (state.clip() != null) {
            return state.clip().frames();
        }
        JobSpec spec = state.spec();
        return spec == null ? null : spec.finishedFrames(spec.frames());
    }

    /** A prompt that was published and about which admission has not said anything yet. */
    static Video of(PromptSubmitted prompt, Instant submittedAt) {
        Double seconds = prompt.seconds();
        GenerationSettings asked = prompt.settings();
        boolean hasSize = asked.width() != null && asked.height() != null;
        return new Video(
                prompt.jobId().toString(),
                Video.OBJECT,
                asked.model() == null ? AUTO : asked.model(),
                VideoStatus.QUEUED.wireName(),
                0,
                submittedAt.getEpochSecond(),
                null,
                null,
                prompt.prompt(),
                prompt.remixOf() == null ? null : prompt.remixOf().toString(),
                seconds == null || !Double.isFinite(seconds) ? AUTO : decimal(seconds),
                hasSize ? asked.width() + "x" + asked.height() : AUTO,
                null,
                asked.frames(),
                null,
                asked.steps(),
                null,
                asked.seed(),
                null,
                null);
    }

    private static @Nullable Long seconds(@Nullable Instant instant) {
        return instant == null ? null : instant.getEpochSecond();
    }

    private static String decimal(double value) {
        return BigDecimal.valueOf(value)
                .setScale(3, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }
}
