package dev.galatea.model.failure;

import dev.galatea.model.event.FailureCause;

/** Ends the work of a job that a client stopped; the record is settled, nothing follows. */
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
