package dev.galatea.standalone;

/** The services could not be started. The message is that of the innermost cause, which names what was wrong. */
final class StartFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StartFailedException(Throwable cause) {
        super(innermost(cause).getMessage(), cause);
    }

    private static Throwable innermost(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return innermost;
    }
}
