package dev.galatea.decoding.tiling;

import dev.galatea.model.failure.StageException;

/** A model that turns latents into frames. Used by one thread at a time. */
public interface LatentDecoder {

    /**
     * Decodes one tile by itself.
     *
     * @param latents shape [C, frames, height, width], row-major
     * @return frames, shape [3, F, height·s, width·s], row-major, in [-1, 1]; the caller owns it
     * @throws DecoderMemoryException if the tile is too large for the memory that there is; a smaller one may do
     */
    float[] decode(float[] latents, int frames, int height, int width) throws StageException, DecoderMemoryException;

    /**
     * Tells whether the model carries a state from one chunk of a clip to the next. If so, cuts in time change nothing,
     * each latent frame gives as many frames as the temporal compression says, and of a causal first latent frame only
     * the last of them counts.
     */
    default boolean carriesState() {
        return false;
    }

    /** Begins the decoding of a tile in space; the caller closes it. */
    default TileDecoder begin(int height, int width) throws StageException {
        return new TileDecoder() {
            @Override
            public float[] decode(float[] latents, int frames) throws StageException, DecoderMemoryException {
                return LatentDecoder.this.decode(latents, frames, height, width);
            }

            @Override
            public void close() {
                // Nothing is carried.
            }
        };
    }
}
