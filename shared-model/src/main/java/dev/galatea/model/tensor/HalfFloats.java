package dev.galatea.model.tensor;

/** Widens 16-bit floats to 32 bits, exactly. (Java's own conversion begins with version 20.) */
final class HalfFloats {

    private static final int F16_EXPONENT = 0x7c00;
    private static final int F16_FRACTION = 0x03ff;
    private static final int F16_FRACTION_BITS = 10;
    private static final int F32_FRACTION_BITS = 23;
    private static final int SHIFT = F32_FRACTION_BITS - F16_FRACTION_BITS;
    /** The difference of the exponents' biases, 127 − 15, at its place in a binary32. */
    private static final int REBIAS = (127 - 15) << F32_FRACTION_BITS;

    private static final float SMALLEST_F16 = 0x1p-24f;

    private HalfFloats() {}

    /** IEEE 754 binary16; a NaN keeps its bits. */
    static float f16(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = bits & F16_EXPONENT;
        int fraction = bits & F16_FRACTION;
        if (exponent == F16_EXPONENT) {
            return Float.intBitsToFloat(sign | 0x7f80_0000 | fraction << SHIFT);
        }
        if (exponent == 0) {
            float magnitude = fraction * SMALLEST_F16;
            return sign == 0 ? magnitude : -magnitude;
        }
        return Float.intBitsToFloat(sign | (((exponent | fraction) << SHIFT) + REBIAS));
    }

    /** bfloat16: the upper half of a binary32. */
    static float bf16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }
}
