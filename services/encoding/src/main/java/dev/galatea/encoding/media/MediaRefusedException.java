package dev.galatea.encoding.media;

/** Refuses media that are of a wrong kind, broken or too large. The message says what they are and what is valid. */
public final class MediaRefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String code;

    MediaRefusedException(String code, String message) {
        super(message);
        this.code = code;
    }

    /**
     * Returns the reason for programs: {@code media_not_known}, {@code media_not_supported}, {@code media_too_large},
     * {@code media_broken} or {@code media_too_slow}.
     */
    public String code() {
        return code;
    }
}
