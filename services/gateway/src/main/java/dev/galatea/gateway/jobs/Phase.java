package dev.galatea.gateway.jobs;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

import dev.galatea.model.event.JobStatus;

/** The status of a video as the {@code /v1/videos} dialect can tell it: there is no word for cancelled. */
public enum Phase {
    /** Accepted, or about to be. */
    QUEUED,
    /** A stage has it, or it waits between two stages. */
    IN_PROGRESS,
    /** The clip is there. */
    COMPLETED,
    /** Failed, refused, cancelled or expired. */
    FAILED;

    /** The phase of a job's status. */
    public static Phase of(JobStatus status) {
        return switch (status) {
            case QUEUED -> QUEUED;
            case RUNNING -> IN_PROGRESS;
            case COMPLETED -> COMPLETED;
            case FAILED, CANCELLED, REFUSED, EXPIRED -> FAILED;
        };
    }

    /** The phase of this name. */
    public static Optional<Phase> parse(String name) {
        return Arrays.stream(values())
                .filter(phase -> phase.wireName().equals(name))
                .findFirst();
    }

    /** The word of the dialect. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
