package dev.galatea.decoding.tiling;

/** Linear cross-fades between neighbours. Where both agree, the result is exactly what they agree on. */
final class Blend {

    private Blend() {}

    /** Fades a row of values into another one, left to right: the first {@code shared} values are mixed. */
    static void row(float[] from, int fromOffset, float[] into, int intoOffset, int length, int shared) {
        int mixed = Math.min(shared, length);
        for (int x = 0; x < mixed; x++) {
            into[intoOffset + x] = mix(into[intoOffset + x], from[fromOffset + x], Axis.ramp(x, shared));
        }
        System.arraycopy(from, fromOffset + mixed, into, intoOffset + mixed, length - mixed);
    }

    /** Mixes a run of values with one weight; a weight of 1 replaces what was there. */
    static void all(float[] from, int fromOffset, float[] into, int intoOffset, int length, float weight) {
        if (weight == 1f) {
            System.arraycopy(from, fromOffset, into, intoOffset, length);
            return;
        }
        for (int i = 0; i < length; i++) {
            into[intoOffset + i] = mix(into[intoOffset + i], from[fromOffset + i], weight);
        }
    }

    private static float mix(float before, float after, float weight) {
        return before + (after - before) * weight;
    }
}
