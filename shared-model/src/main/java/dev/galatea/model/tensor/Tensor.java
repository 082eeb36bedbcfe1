package dev.galatea.model.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * An immutable dense tensor: dtype, shape, and elements in row-major order, little-endian. Thread-safe. Arrays are
 * copied on the way in and out.
 */
public final class Tensor {

    private final DType dtype;
    private final long[] shape;
    private final ByteBuffer data;

    private Tensor(DType dtype, long[] shape, ByteBuffer data) {
        this.dtype = dtype;
        this.shape = shape;
        this.data = data;
    }

    /** A tensor of 32-bit floats. */
    public static Tensor f32(long[] shape, float[] values) {
        ByteBuffer data =
                ByteBuffer.allocate(Math.multiplyExact(values.length, 4)).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return of(DType.F32, shape, data);
    }

    /** A tensor of 64-bit integers. */
    public static Tensor i64(long[] shape, long[] values) {
        ByteBuffer data =
                ByteBuffer.allocate(Math.multiplyExact(values.length, 8)).order(ByteOrder.LITTLE_ENDIAN);
        data.asLongBuffer().put(values);
        return of(DType.I64, shape, data);
    }

    /**
     * A tensor over bytes in the format's layout. Ownership of the buffer's bytes passes to the tensor.
     *
     * @throws IllegalArgumentException if the bytes are not exactly those that dtype and shape need
     */
    static Tensor of(DType dtype, long[] shape, ByteBuffer data) {
        long expected = Math.multiplyExact(elements(shape), dtype.bytes());
        if (data.remaining() != expected) {
            throw new IllegalArgumentException("data: " + dtype + Arrays.toString(shape) + " needs " + expected
                    + " bytes, there are " + data.remaining());
        }
        return new Tensor(
                dtype,
                shape.clone(),
                data.slice().order(ByteOrder.LITTLE_ENDIAN).asReadOnlyBuffer());
    }

    /** The element type. */
    public DType dtype() {
        return dtype;
    }

    /** The dimensions, outermost first; a scalar has none. */
    public long[] shape() {
        return shape.clone();
    }

    /** The number of elements. */
    public long elements() {
        return elements(shape);
    }

    /** The raw elements, little-endian, read-only; a fresh view at each call. */
    public ByteBuffer bytes() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * The elements as 32-bit floats, exactly: F16 and BF16 are widened.
     *
     * @throws IllegalStateException if the elements are integers
     */
    public float[] floats() {
        float[] values = new float[Math.toIntExact(elements())];
        ByteBuffer in = bytes();
        switch (dtype) {
            case F32 -> in.asFloatBuffer().get(values);
            case F16 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = HalfFloats.f16(in.getShort());
                }
            }
            case BF16 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = HalfFloats.bf16(in.getShort());
                }
            }
            case I64 -> throw new IllegalStateException("dtype: I64 has no floats; valid are F32, F16, BF16");
        }
        return values;
    }

    /**
     * The elements as 64-bit integers.
     *
     * @throws IllegalStateException if the elements are not integers
     */
    public long[] longs() {
        if (dtype != DType.I64) {
            throw new IllegalStateException("dtype: " + dtype + " has no integers; valid is I64");
        }
        long[] values = new long[Math.toIntExact(elements())];
        bytes().asLongBuffer().get(values);
        return values;
    }

    /** Equal dtype, shape and bits: so −0 differs from 0, and a NaN equals itself. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Tensor that
                && dtype == that.dtype
                && Arrays.equals(shape, that.shape)
                && data.equals(that.data);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(shape) + data.hashCode();
    }

    /** Dtype and shape, such as {@code F32[16, 8, 8]}; never the elements. */
    @Override
    public String toString() {
        return dtype + Arrays.toString(shape);
    }

    private static long elements(long[] shape) {
        if (Arrays.stream(shape).anyMatch(dimension -> dimension < 0)) {
            throw new IllegalArgumentException("shape: " + Arrays.toString(shape) + " has a negative dimension");
        }
        // A dimension of 0 makes the tensor empty, however large the others are.
        if (Arrays.stream(shape).anyMatch(dimension -> dimension == 0)) {
            return 0;
        }
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }
}
