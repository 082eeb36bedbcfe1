package dev.galatea.model.pipeline;

/** A pipeline whose stages don't fit together; the message names the stage, the value and what is valid. */
public final class PipelineException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public PipelineException(String message) {
        super(message);
    }
}
