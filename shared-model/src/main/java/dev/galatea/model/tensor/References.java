package dev.galatea.model.tensor;

import org.jspecify.annotations.Nullable;

/** Checks that object and tensor references share. Each failure names the field, the value and what would be valid. */
final class References {

    private static final int MAX_KEY_LENGTH = 1024;

    private References() {}

    static void requireName(String field, @Nullable String value) {
        if (value == null || value.isBlank() || value.length() > 255) {
            throw new IllegalArgumentException(field + ": must have 1 to 255 characters, has " + length(value));
        }
    }

    /** An S3 key that can't climb out of its bucket when a store maps keys to files. */
    static void requireKey(@Nullable String key) {
        if (key == null || key.isBlank() || key.length() > MAX_KEY_LENGTH) {
            throw new IllegalArgumentException(
                    "key: must have 1 to " + MAX_KEY_LENGTH + " characters, has " + length(key));
        }
        if (key.startsWith("/") || key.contains("\\") || ("/" + key + "/").contains("/../")) {
            throw new IllegalArgumentException("key: '" + key + "' must be relative, without '..' or backslashes");
        }
    }

    /** Describes a value by its length alone, because a misplaced value may be long or private. */
    private static int length(@Nullable String value) {
        return value == null ? 0 : value.strip().length();
    }

    static void requirePositive(String field, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(field + ": must be positive, was " + value);
        }
    }

    static void requirePresent(String field, @Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException(field + ": is missing");
        }
    }
}
