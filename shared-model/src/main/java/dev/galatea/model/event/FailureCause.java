package dev.galatea.model.event;

import com.fasterxml.jackson.annotation.JsonValue;

/** The kinds of failure, by the treatment that they need. */
public enum FailureCause {
    /** Work that may succeed when tried again: a store that doesn't answer, a worker that died. */
    RETRYABLE("retryable"),
    /** Work that fails however often it is tried: a refused value, an altered object. */
    POISON("poison"),
    /** Work that was stopped because a client cancelled or deleted the job. */
    CANCELLED("cancelled"),
    /** Work that did not finish within its deadline. */
    EXPIRED("expired");

    private final String wireName;

    FailureCause(String wireName) {
        this.wireName = wireName;
    }

    /** Returns the name in events. */
    @JsonValue
    public String wireName() {
        return wireName;
    }
}
