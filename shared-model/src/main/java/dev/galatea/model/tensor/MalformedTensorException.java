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

    /** The position in the file at which the fault was found, in bytes from the start. */
    public long offset() {
        return offset;
    }

    /** The fault at that position, and the valid alternative. */
    public String reason() {
        return reason;
    }
}
