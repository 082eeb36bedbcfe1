package dev.galatea.model.failure;

import dev.galatea.model.event.FailureCause;

/** This worker gives the job back, because it shuts down or lost its lock; another worker continues. */
public final class ReleasedException extends StageException {

    private static final long serialVersionUID = 1L;

    public ReleasedException(String reason) {
        super("released", reason, null);
    }

    @Override
    public FailureCause failureCause() {
        return FailureCause.RETRYABLE;
    }
}
