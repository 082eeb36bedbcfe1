package dev.galatea.jobtracking.admission;

import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;

/** A value of a prompt is not acceptable; never leaves this package. */
final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String code;

    RefusedException(String code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    Failure toFailure() {
        return new Failure(FailureCause.POISON, code, getMessage());
    }
}
