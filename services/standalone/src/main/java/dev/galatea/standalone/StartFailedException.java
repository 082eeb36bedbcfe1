package dev.galatea.standalone;

/** The system could not be started, or its task failed. The message is one line for people. */
final class StartFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StartFailedException(Throwable cause) {
        super(Problem.of(cause), cause);
    }
}
