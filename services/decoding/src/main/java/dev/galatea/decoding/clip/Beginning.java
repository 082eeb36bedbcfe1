package dev.galatea.decoding.clip;

import java.nio.file.Path;

/**
 * What a clip continues.
 *
 * @param file its frames, as rows of RGB bytes
 * @param frames how many
 * @param shared how many of them, at their end, what is decoded has, too
 * @param faded how many of those, at their end, the denoiser was not told
 */
public record Beginning(Path file, int frames, int shared, int faded) {

    /**
     * Of a file with {@code bytes} bytes.
     *
     * @param told how many of the shared frames, at their beginning, the denoiser was told
     */
    public static Beginning of(Path file, long bytes, int frameBytes, int shared, int told) {
        if (bytes % frameBytes != 0 || bytes / frameBytes < shared) {
            throw new IllegalArgumentException("source: has " + bytes + " bytes; valid is a multiple of " + frameBytes
                    + ", and at least " + (long) shared * frameBytes);
        }
        return new Beginning(file, Math.toIntExact(bytes / frameBytes), shared, shared - told);
    }

    /** Frames that come before the first one that is decoded. */
    int before() {
        return frames - shared;
    }

    /** How much of a decoded frame's tint is shown: none of those that the denoiser was told, all after the shared ones. */
    float shown(int index) {
        float into = index - (shared - faded) + 1;
        return Math.max(0, Math.min(1, into / (faded + 1)));
    }
}
