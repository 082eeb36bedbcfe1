package dev.galatea.decoding.onnx;

import java.util.Locale;

import dev.galatea.decoding.tiling.DecoderMemoryException;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;

/** Tells runs of a decoder that failed for want of memory from those that failed of anything else. */
final class DecoderMemory {

    private DecoderMemory() {}

    /** A run of a decoder. */
    @FunctionalInterface
    interface Run {
        /** Returns the pixels. */
        float[] get() throws PoisonException, RetryableException;
    }

    /**
     * Returns what a run gives.
     *
     * @throws DecoderMemoryException if there was too little memory for it
     */
    static float[] watch(Run run) throws PoisonException, RetryableException, DecoderMemoryException {
        try {
            return run.get();
        } catch (RetryableException e) {
            if (isOutOfMemory(e)) {
                throw new DecoderMemoryException(String.valueOf(e.getMessage()), e);
            }
            throw e;
        } catch (OutOfMemoryError e) {
            throw new DecoderMemoryException("there is no room for a decoded tile: " + e.getMessage(), e);
        }
    }

    /** ONNX Runtime has no error code for it; these are the words of its allocators, on the CPU and on GPUs. */
    static boolean isOutOfMemory(RetryableException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("failed to allocate memory")
                || message.contains("bad_alloc")
                || message.contains("bad allocation")
                || message.contains("out of memory");
    }
}
