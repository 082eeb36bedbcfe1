package dev.galatea.model.noise;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.tensor.Tensor;

/**
 * Standard normal noise from a seed: what {@code torch.randn(shape, generator=torch.Generator().manual_seed(seed),
 * dtype=torch.float32)} gives on a CPU, to 1e-6, and the same bits on every machine, because transcendental functions
 * come from {@link StrictMath}. One instance stands for one generator, which each draw leaves further on; so it gives
 * what a pipeline draws first, second and so on. Not thread-safe.
 *
 * <p>PyTorch fills tensors of at least {@value #BLOCK} elements in blocks of that size by the Box-Muller transform in
 * single precision, and recomputes the last block from fresh random bits if the size is not a multiple; smaller tensors
 * are filled one by one in double precision. Of a seed, only the low 32 bits count, as in PyTorch.
 */
public final class TorchRandn {

    private static final int BLOCK = 16;
    private static final int HALF = BLOCK / 2;
    private static final float FLOAT_UNIT = 0x1p-24f;
    private static final int FLOAT_MASK = (1 << 24) - 1;
    private static final double DOUBLE_UNIT = 0x1p-53;
    private static final long DOUBLE_MASK = (1L << 53) - 1;
    private static final float TWO_PI_F = (float) (2 * Math.PI);

    private final MersenneTwister bits;
    /** The second value of the last pair, if a tensor that was filled one by one had no place for it. */
    private @Nullable Double spare;

    /** A generator that has drawn nothing yet. */
    public TorchRandn(long seed) {
        this.bits = new MersenneTwister((int) seed);
    }

    /**
     * The first tensor of noise of a seed; its elements depend on the seed and on the number of elements, not on how
     * they are arranged.
     */
    public static Tensor sample(long seed, long... shape) {
        return new TorchRandn(seed).next(shape);
    }

    /** The next tensor of noise. */
    public Tensor next(long... shape) {
        long elements = 1;
        for (long dimension : shape) {
            elements = Math.multiplyExact(elements, dimension);
        }
        return Tensor.f32(shape, next(Math.toIntExact(elements)));
    }

    private float[] next(int size) {
        float[] values = new float[size];
        if (size < BLOCK) {
            fillOneByOne(values);
        } else {
            fillInBlocks(values);
        }
        return values;
    }

    private void fillInBlocks(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = uniform();
        }
        for (int i = 0; i + BLOCK <= values.length; i += BLOCK) {
            transform(values, i);
        }
        if (values.length % BLOCK != 0) {
            int last = values.length - BLOCK;
            for (int i = last; i < values.length; i++) {
                values[i] = uniform();
            }
            transform(values, last);
        }
    }

    /** Box-Muller: eight pairs of uniform values become sixteen normal ones; every operation rounds to a float. */
    private static void transform(float[] values, int from) {
        for (int i = from; i < from + HALF; i++) {
            float u1 = 1 - values[i];
            float u2 = values[i + HALF];
            float radius = (float) StrictMath.sqrt(-2 * (float) StrictMath.log(u1));
            float theta = TWO_PI_F * u2;
            values[i] = radius * (float) StrictMath.cos(theta);
            values[i + HALF] = radius * (float) StrictMath.sin(theta);
        }
    }

    private void fillOneByOne(float[] values) {
        for (int i = 0; i < values.length; i++) {
            if (spare != null) {
                values[i] = spare.floatValue();
                spare = null;
            } else {
                double theta = 2 * Math.PI * uniformDouble();
                double radius = StrictMath.sqrt(-2 * StrictMath.log1p(-uniformDouble()));
                values[i] = (float) (radius * StrictMath.cos(theta));
                spare = radius * StrictMath.sin(theta);
            }
        }
    }

    private float uniform() {
        return (bits.next() & FLOAT_MASK) * FLOAT_UNIT;
    }

    private double uniformDouble() {
        long high = Integer.toUnsignedLong(bits.next());
        long low = Integer.toUnsignedLong(bits.next());
        return (((high << 32) | low) & DOUBLE_MASK) * DOUBLE_UNIT;
    }
}
