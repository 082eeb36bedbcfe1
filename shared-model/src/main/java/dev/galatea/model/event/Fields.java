package dev.galatea.model.event;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/** Checks the fields of events. Each failure names the field and what would be valid. */
public final class Fields {

    private Fields() {}

    /** Refuses a field that is missing. */
    public static void require(String field, @Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException(field + ": is missing");
        }
    }

    /** Refuses a number that is missing, not finite or below {@code minimum}. */
    public static void requireAtLeast(String field, @Nullable Number value, double minimum) {
        require(field, value);
        double number = present(value).doubleValue();
        if (!(number >= minimum) || Double.isInfinite(number)) {
            throw new IllegalArgumentException(field + ": must be a number of at least " + minimum + ", was " + number);
        }
    }

    /** A value that a constructor has checked to be there. */
    static <T> T present(@Nullable T value) {
        return Objects.requireNonNull(value);
    }
}
