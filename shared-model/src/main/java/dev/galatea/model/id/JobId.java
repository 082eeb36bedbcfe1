package dev.galatea.model.id;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Identifies one job, from the submitted prompt to the finished video. A UUID, version 7 (RFC 9562) when made here, so
 * that ids sort by the time of submission; whoever submits makes it, and submitting the same id twice is one job.
 */
public record JobId(UUID value) implements Comparable<JobId> {

    /** One for all, so that ids made in the same millisecond are in order too. */
    private static final TimeBasedEpochGenerator GENERATOR = Generators.timeBasedEpochGenerator();

    public JobId {
        if (value == null) {
            throw new IllegalArgumentException("jobId: is missing; valid is a UUID (version 7 preferred)");
        }
    }

    /** Makes a new id from the current time. Thread-safe. */
    public static JobId random() {
        return new JobId(GENERATOR.generate());
    }

    /** Reads the canonical textual form; anything else is refused with a message that names the value. */
    @JsonCreator
    public static JobId parse(String text) {
        if (text == null) {
            throw new IllegalArgumentException("jobId: is missing; valid is a UUID (version 7 preferred)");
        }
        try {
            UUID uuid = UUID.fromString(text);
            if (!uuid.toString().equalsIgnoreCase(text)) {
                throw new IllegalArgumentException("not canonical");
            }
            return new JobId(uuid);
        } catch (IllegalArgumentException e) {
            String shown = text.length() > 64 ? text.substring(0, 64) + "…" : text;
            throw new IllegalArgumentException(
                    "jobId: '" + shown + "' is not a UUID; valid is for instance " + random(), e);
        }
    }

    /** The job that a record's key names in UTF-8; empty if it names none. */
    public static Optional<JobId> ofKey(byte @Nullable [] key) {
        if (key == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(new String(key, UTF_8)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The time in a version 7 id, or {@code fallback} for other versions. */
    public Instant timestampOr(Instant fallback) {
        return value.version() == 7 ? Instant.ofEpochMilli(value.getMostSignificantBits() >>> 16) : fallback;
    }

    @Override
    public int compareTo(JobId other) {
        return toString().compareTo(other.toString());
    }

    @JsonValue
    @Override
    public String toString() {
        return value.toString();
    }
}
