package dev.galatea.webhooks.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/** The result of one attempt. */
public sealed interface Attempt {

    /** The time of its beginning. */
    Instant at();

    /** Its duration. */
    Duration took();

    /** The status of the endpoint's answer, if there was one. */
    @Nullable
    Integer statusCode();

    /** The failure, if it is one. */
    Optional<Failed> failure();

    /** A success: the endpoint has the message. */
    record Delivered(Instant at, Duration took, Integer statusCode) implements Attempt {

        @Override
        public Optional<Failed> failure() {
            return Optional.empty();
        }
    }

    /**
     * A failure: the endpoint does not have the message, or did not say so in time.
     *
     * @param error the reason, for programs: lower-case words joined by underscores
     * @param pause time that the endpoint asked to wait for, or zero
     * @param isFinal true if the endpoint said that it never wants the message
     */
    record Failed(
            Instant at, Duration took, @Nullable Integer statusCode, String error, Duration pause, boolean isFinal)
            implements Attempt {

        @Override
        public Optional<Failed> failure() {
            return Optional.of(this);
        }
    }
}
