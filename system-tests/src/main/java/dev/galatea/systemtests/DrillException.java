package dev.galatea.systemtests;

/** A drill could not come to its end: something that must happen did not happen in time. */
final class DrillException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DrillException(String message) {
        super(message);
    }
}
