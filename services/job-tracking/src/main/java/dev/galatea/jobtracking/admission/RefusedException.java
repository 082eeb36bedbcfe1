package dev.galatea.jobtracking.admission;

import dev.galatea.model.event.Failure;

/** A value of a prompt is not acceptable; never leaves this package. */
final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String code;
    private final String field;
    private final String problem;

    /**
     * @param field of the prompt event
     * @param problem the value and what would be valid
     */
    RefusedException(String code, String field, String problem) {
        super(field + ": " + problem, null, false, false);
        this.code = code;
        this.field = field;
        this.problem = problem;
    }

    Failure toFailure() {
        return Failure.invalid(code, field, problem);
    }
}
