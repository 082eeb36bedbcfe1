package dev.galatea.embedded;

import org.jspecify.annotations.Nullable;

/** The broker or the store can't start or stop as asked; the message names what to change. */
public final class EmbeddedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public EmbeddedException(String message) {
        this(message, null);
    }

    public EmbeddedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
