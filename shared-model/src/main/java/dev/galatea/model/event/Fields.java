package dev.galatea.model.event;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/** Checks the fields of events. Each failure names the field and what would be valid. */
public final class Fields {

    /** The longest name of something, such as a worker. */
    static final int MAX_NAME = 255;

    /** The longest text in a few words: a code, the name of a field, a kind. */
    static final int MAX_WORDS = 100;

    /** The longest reason that a client gives. */
    static final int MAX_REASON = 500;

    /** The longest message for people. */
    static final int MAX_MESSAGE = 2_000;

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

    /**
     * Cuts a text that is longer than readers count on. Texts of events are kept in memory and in states, which have
     * limits; and a report that is too long is better cut than lost.
     *
     * @param maxChars UTF-16 units that are kept at most; an ellipsis comes in addition
     */
    static String cut(String text, int maxChars) {
        if (text.length() <= maxChars + 1) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(maxChars - 1)) ? maxChars - 1 : maxChars;
        return text.substring(0, end) + "…";
    }

    /** Cuts a text that may be absent, as {@link #cut(String, int)}. */
    static @Nullable String cutIfPresent(@Nullable String text, int maxChars) {
        return text == null ? null : cut(text, maxChars);
    }

    /** A value that a constructor has checked to be there. */
    static <T> T present(@Nullable T value) {
        return Objects.requireNonNull(value);
    }
}
