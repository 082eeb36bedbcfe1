package dev.galatea.model.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

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

    private static long elements(long[] shape) {
        long n = 1;
        for (long dimension : shape) {
            if (dimension < 0) {
                throw new IllegalArgumentException("shape: " + Arrays.toString(shape) + " has a negative dimension");
            }
            n = Math.multiplyExact(n, dimension);
        }
        return n;
    }
}
