package dev.galatea.model.event;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Names a pool: the workers of a stage that can serve the same bundles. Which bundles these are says the configuration
 * of job-tracking. Compare with {@code equals}.
 *
 * @param name the name in events, topics, groups, metrics and configuration: lower-case words joined by dashes
 */
public record Pool(@JsonValue String name) {

    // Before the constant, which is checked by them.
    private static final int MAX_CHARS = 30;
    private static final Pattern WORDS = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    /** Serves the bundles that no other pool has; its topics and groups have no suffix. */
    public static final Pool DEFAULT = new Pool("default");

    @JsonCreator
    public Pool {
        if (name == null) {
            throw new IllegalArgumentException("pool: is missing");
        }
        if (name.length() > MAX_CHARS || !WORDS.matcher(name).matches()) {
            String shown = name.length() > MAX_CHARS ? name.substring(0, MAX_CHARS) + "…" : name;
            throw new IllegalArgumentException("pool: '" + shown + "' is not a pool's name; valid are up to "
                    + MAX_CHARS + " characters, lower-case words and numbers joined by dashes, such as wan-14b");
        }
    }

    /** Says whether this is the pool of all bundles that no other one has. */
    public boolean isDefault() {
        return equals(DEFAULT);
    }

    @Override
    public String toString() {
        return name;
    }
}
