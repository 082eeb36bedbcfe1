package dev.galatea.model.bundle;

import com.fasterxml.jackson.annotation.JsonValue;

/** The training timesteps that a run stops at (Lin et al., 2024, table 2). */
public enum TimestepSpacing {
    /** Beginning at the last one. */
    TRAILING("trailing"),
    /** Ending at the first one. */
    LEADING("leading"),
    /** Both. */
    LINSPACE("linspace");

    private final String wireName;

    TimestepSpacing(String wireName) {
        this.wireName = wireName;
    }

    /** The name in the manifest. */
    @JsonValue
    public String wireName() {
        return wireName;
    }
}
