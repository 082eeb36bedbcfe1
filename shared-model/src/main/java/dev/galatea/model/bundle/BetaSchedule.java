package dev.galatea.model.bundle;

import com.fasterxml.jackson.annotation.JsonValue;

/** The growth of the noise that training timesteps add. */
public enum BetaSchedule {
    /** In even steps. */
    LINEAR("linear"),
    /** In even steps of its root. */
    SCALED_LINEAR("scaled_linear");

    private final String wireName;

    BetaSchedule(String wireName) {
        this.wireName = wireName;
    }

    /** The name in the manifest. */
    @JsonValue
    public String wireName() {
        return wireName;
    }
}
