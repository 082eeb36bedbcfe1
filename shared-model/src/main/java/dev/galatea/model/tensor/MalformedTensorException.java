package dev.galatea.model.tensor;

/** Bytes are not a safetensors file; reading them again can't help. */
public final class MalformedTensorException extends Exception {

    private static final long serialVersionUID = 1L;

    private final long offset;
    private final String reason;

    public MalformedTensorException(long offset, String reason) {
        super("at byte " + offset + ": " + reason);
        this.offset = offset;
        this.reason = reason;
    }

    public MalformedTensorException(long offset, String reason, Throwable cause) {
        super("at byte " + offset + ": " + reason, cause);
        this.offset = offset;
        this.reason = reason;
    }

    /** Where in the file it was found out, in bytes from the start. */
    public long offset() {
        return offset;
    }

    /** What is wrong there, and what would be valid. */
    public String reason() {
        return reason;
    }
}
