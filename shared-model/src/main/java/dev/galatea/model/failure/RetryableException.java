package dev.galatea.model.failure;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.FailureCause;

/** May succeed when tried again: the store does not answer, the disk is full, a worker was interrupted. */
public final class RetryableException extends StageException {

    private static final long serialVersionUID = 1L;

    public RetryableException(String code, @Nullable String message) {
        this(code, message, null);
    }

    public RetryableException(String code, @Nullable String message, @Nullable Throwable cause) {
        super(code, message, cause);
    }

    @Override
    public FailureCause failureCause() {
        return FailureCause.RETRYABLE;
    }
}
