package dev.galatea.gateway.api;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.Failure;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageState;

/** Jobs as Video objects. */
final class Videos {

    private static final String AUTO = "auto";

    private Videos() {}

    static Video of(JobState state) {
        JobSpec spec = state.spec();
        Failure failure = state.failure();
        return new Video(
                state.jobId().toString(),
                Video.OBJECT,
                state.model() == null ? AUTO : state.model(),
                status(state.status()),
                progress(state),
                state.submittedAt().getEpochSecond(),
                state.status() == JobStatus.COMPLETED ? seconds(state.finishedAt()) : null,
                null,
                state.prompt(),
                null,
                spec == null ? AUTO : decimal((double) spec.frames() / spec.fps()),
                spec == null ? AUTO : spec.width() + "x" + spec.height(),
                failure == null ? null : new Video.VideoError(failure.code(), failure.message()),
                spec == null ? null : spec.frames(),
                spec == null ? null : spec.fps(),
                spec == null ? null : spec.steps(),
                spec == null ? null : spec.guidance(),
                spec == null ? null : spec.seed());
    }

    /** A prompt that was published and about which admission has not said anything yet. */
    static Video of(PromptSubmitted prompt, Instant submittedAt) {
        Double seconds = prompt.seconds();
        boolean hasSize = prompt.width() != null && prompt.height() != null;
        return new Video(
                prompt.jobId().toString(),
                Video.OBJECT,
                prompt.model() == null ? AUTO : prompt.model(),
                status(JobStatus.QUEUED),
                0,
                submittedAt.getEpochSecond(),
                null,
                null,
                prompt.prompt(),
                null,
                seconds == null || !Double.isFinite(seconds) ? AUTO : decimal(seconds),
                hasSize ? prompt.width() + "x" + prompt.height() : AUTO,
                null,
                prompt.frames(),
                null,
                prompt.steps(),
                null,
                prompt.seed());
    }

    private static String status(JobStatus status) {
        return switch (status) {
            case QUEUED -> "queued";
            case RUNNING -> "in_progress";
            case COMPLETED -> "completed";
            case FAILED, CANCELLED, REFUSED, EXPIRED -> "failed";
        };
    }

    /** Stages count by how long they usually take. */
    private static int progress(JobState state) {
        if (state.status() == JobStatus.COMPLETED) {
            return 100;
        }
        double percent = 0;
        for (StageState stage : state.stages()) {
            percent += weight(stage.stage()) * share(stage);
        }
        return (int) Math.min(99, percent);
    }

    private static double weight(Stage stage) {
        return switch (stage) {
            case ADMISSION -> 0;
            case TEXT_CONDITIONING -> 3;
            case ENCODING -> 2;
            case DENOISING -> 80;
            case DECODING -> 15;
        };
    }

    private static double share(StageState stage) {
        if (stage.finishedAt() != null) {
            return 1;
        }
        return stage.steps() == 0 ? 0 : (double) stage.step() / stage.steps();
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
