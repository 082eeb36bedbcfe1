package dev.galatea.model.bundle;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;

/** The numbers that most of a graph's multiplications are done in; for people, nothing depends on it. */
public enum Precision {
    /** Floats of 32 bits. */
    FP32,
    /** Floats of 16 bits, 5 of them of the exponent. */
    FP16,
    /** Floats of 16 bits, 8 of them of the exponent. */
    BF16,
    /** Floats of 8 bits. */
    FP8,
    /** Integers of 8 bits. */
    INT8,
    /** Integers of 4 bits. */
    INT4;

    /** The name in the manifest. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
