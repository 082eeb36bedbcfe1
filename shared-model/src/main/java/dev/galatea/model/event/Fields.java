package dev.galatea.model.event;

import org.jspecify.annotations.Nullable;

/** Checks of event fields. Each failure names the field and what would be valid. */
final class Fields {

    private Fields() {}

    static void require(String field, @Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException(field + ": is missing");
        }
    }

    static void requireAtLeast(String field, double value, double minimum) {
        if (!(value >= minimum) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(field + ": must be a number of at least " + minimum + ", was " + value);
        }
    }
}
