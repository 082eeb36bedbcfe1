package dev.galatea.model.failure;

import dev.galatea.model.event.FailureCause;

/** Somebody asked to stop the job; the work is settled, nothing follows. */
public final class CancelledException extends StageException {

    private static final long serialVersionUID = 1L;

    public CancelledException(String reason) {
        super("cancelled", reason, null);
    }

    @Override
    public FailureCause failureCause() {
        return FailureCause.CANCELLED;
    }
}
