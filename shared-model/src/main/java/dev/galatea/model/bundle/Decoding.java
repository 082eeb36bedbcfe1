package dev.galatea.model.bundle;

import org.jspecify.annotations.Nullable;

/**
 * The decoder's tile sizes and overlaps, in latent positions.
 *
 * @param chunkLatentFrames length of a chunk for a decoder or encoder that carries a state from chunk to chunk, to
 *     which {@code tileLatentFrames} and {@code overlapLatentFrames} don't apply; 1 unless the manifest says so
 * @param noise the part of noise, above 0 and up to 1, that the decoder expects in its latents, in the space before
 *     normalisation; null if none
 */
public record Decoding(
        int tileLatentFrames,
        int tileLatentHeight,
        int tileLatentWidth,
        int overlapLatentFrames,
        int overlapLatentHeight,
        int overlapLatentWidth,
        @Since(2) Integer chunkLatentFrames,
        @Since(2) @Nullable Double noise) {

    public Decoding {
        chunkLatentFrames = chunkLatentFrames == null ? Integer.valueOf(1) : chunkLatentFrames;
    }

    /** Tiles of a decoder without state. */
    public Decoding(
            int tileLatentFrames,
            int tileLatentHeight,
            int tileLatentWidth,
            int overlapLatentFrames,
            int overlapLatentHeight,
            int overlapLatentWidth) {
        this(
                tileLatentFrames,
                tileLatentHeight,
                tileLatentWidth,
                overlapLatentFrames,
                overlapLatentHeight,
                overlapLatentWidth,
                1,
                null);
    }
}
