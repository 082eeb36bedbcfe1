package dev.galatea.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/**
 * Memory outside the heap that ONNX Runtime reads without a copy, kept from run to run. It grows to the largest size
 * asked for. Not thread-safe: the next view overwrites what the last one held, so a tensor made of a view must not be
 * used after the next call.
 */
public final class DirectBuffer {

    private ByteBuffer bytes = ByteBuffer.allocateDirect(0);

    /** A view of exactly {@code count} floats, at position 0, with undefined content. */
    public FloatBuffer floats(int count) {
        return ensure(Math.multiplyExact(count, Float.BYTES)).asFloatBuffer();
    }

    /** A view of exactly {@code count} longs, at position 0, with undefined content. */
    public LongBuffer longs(int count) {
        return ensure(Math.multiplyExact(count, Long.BYTES)).asLongBuffer();
    }

    private ByteBuffer ensure(int size) {
        if (bytes.capacity() < size) {
            bytes = ByteBuffer.allocateDirect(size);
        }
        return bytes.slice(0, size).order(ByteOrder.nativeOrder());
    }
}
