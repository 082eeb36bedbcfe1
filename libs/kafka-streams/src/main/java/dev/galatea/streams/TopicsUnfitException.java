package dev.galatea.streams;

/** The topics of an application are not as it needs them; its message says what to do, and can be shown to anybody. */
public final class TopicsUnfitException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    public TopicsUnfitException(String message) {
        super(message);
    }
}
