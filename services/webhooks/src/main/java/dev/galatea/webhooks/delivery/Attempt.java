package dev.galatea.webhooks.delivery;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/** What became of one attempt. */
public sealed interface Attempt {

    /** When it began. */
    Instant at();

    /** How long it took. */
    Duration took();

    /** What the endpoint answered, if it did. */
    @Nullable
    Integer statusCode();

    /** The endpoint has it. */
    record Delivered(Instant at, Duration took, Integer statusCode) implements Attempt {}

    /**
     * The endpoint does not have it, or did not say so in time.
     *
     * @param error why, for programs: lower-case words joined by underscores
     * @param pause what the endpoint asked for, or zero
     * @param isFinal whether the endpoint said that it never wants it
     */
    record Failed(
            Instant at, Duration took, @Nullable Integer statusCode, String error, Duration pause, boolean isFinal)
            implements Attempt {}
}
