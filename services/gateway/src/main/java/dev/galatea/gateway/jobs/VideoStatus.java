package dev.galatea.gateway.jobs;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

import dev.galatea.model.event.JobStatus;

/** The status of a video in the {@code /v1/videos} dialect, which has no value for cancelled. */
public enum VideoStatus {
    /** The job is accepted, or about to be, and no worker has begun what takes time. */
    QUEUED,
    /** A worker has begun what takes time. */
    IN_PROGRESS,
    /** The clip is there. */
    COMPLETED,
    /** The job failed, was refused or cancelled, or expired. */
    FAILED;

    /** Returns the video status of a job's status. */
    public static VideoStatus of(JobStatus status) {
        return switch (status) {
            case QUEUED -> QUEUED;
            case RUNNING -> IN_PROGRESS;
            case COMPLETED -> COMPLETED;
            case FAILED, CANCELLED, REFUSED, EXPIRED -> FAILED;
        };
    }

    /** Finds the status of this name. */
    public static Optional<VideoStatus> parse(String name) {
        return Arrays.stream(values())
                .filter(phase -> phase.wireName().equals(name))
                .findFirst();
    }

    /** Returns the value in the dialect. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
