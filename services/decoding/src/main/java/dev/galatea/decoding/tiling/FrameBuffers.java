package dev.galatea.decoding.tiling;

import java.util.ArrayDeque;
import java.util.Deque;

/** Frame-sized buffers, used again and again, and counted. One thread. */
final class FrameBuffers {

    private final int elements;
    private final Deque<float[]> free = new ArrayDeque<>();
    private int live;
    private int peak;

    FrameBuffers(int elements) {
        this.elements = elements;
    }

    /** A buffer with arbitrary content. */
    float[] take() {
        live++;
        peak = Math.max(peak, live);
        float[] buffer = free.poll();
        return buffer == null ? new float[elements] : buffer;
    }

    /** Gives a buffer back; its taker must not touch it any more. */
    void give(float[] buffer) {
        live--;
        free.push(buffer);
    }

    int live() {
        return live;
    }

    /** The most buffers that were ever in use at once. */
    int peak() {
        return peak;
    }
}
