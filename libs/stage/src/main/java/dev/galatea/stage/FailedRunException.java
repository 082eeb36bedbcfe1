package dev.galatea.stage;

/** Carries the run from the message that was negatively acknowledged to the failure strategy. */
final class FailedRunException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient StageRun run;

    private final transient Throwable reason;

    FailedRunException(StageRun run, Throwable reason) {
        super(reason.toString(), reason, false, false);
        this.run = run;
        this.reason = reason;
    }

    /** The reason of the negative acknowledgement. */
    Throwable reason() {
        return reason;
    }

    StageRun run() {
        return run;
    }
}
