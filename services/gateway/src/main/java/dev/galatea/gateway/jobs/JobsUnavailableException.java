package dev.galatea.gateway.jobs;

import org.jspecify.annotations.Nullable;

/** This replica can't say anything about jobs now: its copy is being built, or the broker is away. */
public final class JobsUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    JobsUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
