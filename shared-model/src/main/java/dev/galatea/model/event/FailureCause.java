package dev.galatea.model.event;

import com.fasterxml.jackson.annotation.JsonValue;

/** Why work did not succeed, by what is to be done about it. */
public enum FailureCause {
    /** May succeed when tried again: a store that doesn't answer, a worker that died. */
    RETRYABLE("retryable"),
    /** Fails however often it is tried: a refused value, an altered object. */
    POISON("poison"),
    /** Somebody asked for it. */
    CANCELLED("cancelled"),
    /** Its time is over. */
    EXPIRED("expired");

    private final String wireName;

    FailureCause(String wireName) {
        this.wireName = wireName;
    }

    /** The name in events. */
    @JsonValue
    public String wireName() {
        return wireName;
    }
}
