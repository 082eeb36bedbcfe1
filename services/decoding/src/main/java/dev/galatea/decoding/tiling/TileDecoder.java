package dev.galatea.decoding.tiling;

import dev.galatea.model.failure.StageException;

/**
 * The decoding of one tile in space, chunk by chunk in the order of time. Holds what the decoder carries from one chunk
 * to the next. One thread.
 */
public interface TileDecoder extends AutoCloseable {

    /**
     * Decodes the next chunk.
     *
     * @param latents shape [C, frames, height, width], row-major
     * @return frames, shape [3, F, height·s, width·s], row-major, in [-1, 1]; the caller owns it
     * @throws DecoderMemoryException if the chunk is too large for the memory that there is; a smaller one may do
     */
    float[] decode(float[] latents, int frames) throws StageException, DecoderMemoryException;

    @Override
    void close();
}
