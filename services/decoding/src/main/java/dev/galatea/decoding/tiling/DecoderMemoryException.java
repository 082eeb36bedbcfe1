package dev.galatea.decoding.tiling;

/** A tile is too large for the memory that there is; a smaller one may do. */
public final class DecoderMemoryException extends Exception {

    private static final long serialVersionUID = 1L;

    public DecoderMemoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
