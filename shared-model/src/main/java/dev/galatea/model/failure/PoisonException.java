package dev.galatea.model.failure;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.FailureCause;

/**
 * Fails however often it is tried: a malformed event, an object that is missing or altered, another bundle's latents.
 */
public final class PoisonException extends StageException {

    private static final long serialVersionUID = 1L;

    public PoisonException(String code, @Nullable String message) {
        this(code, message, null);
    }

    public PoisonException(String code, @Nullable String message, @Nullable Throwable cause) {
        super(code, message, cause);
    }

    @Override
    public FailureCause failureCause() {
        return FailureCause.POISON;
    }
}
