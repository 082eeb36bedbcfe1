package dev.galatea.decoding.tiling;

import dev.galatea.model.failure.StageException;

/** A model that turns latents into frames. Used by one thread at a time. */
public interface LatentDecoder {

    /**
     * Decodes one tile.
     *
     * @param latents shape [C, frames, height, width], row-major
     * @return frames, shape [3, F, height·s, width·s], row-major, in [-1, 1]; the caller owns it
     * @throws DecoderMemoryException if the tile is too large for the memory that there is; a smaller one may do
     */
    float[] decode(float[] latents, int frames, int height, int width) throws StageException, DecoderMemoryException;
}
