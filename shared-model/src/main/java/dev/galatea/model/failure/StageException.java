package dev.galatea.model.failure;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;

/**
 * Work on a job did not succeed. The message is for people, names the field and the value, and never holds a prompt;
 * the code is for programs.
 */
public abstract sealed class StageException extends Exception
        permits RetryableException, PoisonException, CancelledException, ReleasedException {

    private static final long serialVersionUID = 1L;

    private final String code;

    StageException(String code, @Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** Stable, for programs, such as {@code object_altered}. */
    public String code() {
        return code;
    }

    /** The reaction to this failure. */
    public abstract FailureCause failureCause();

    /** The same as events carry it. */
    public Failure toFailure() {
        return new Failure(failureCause(), code, Objects.requireNonNullElse(getMessage(), code));
    }
}
