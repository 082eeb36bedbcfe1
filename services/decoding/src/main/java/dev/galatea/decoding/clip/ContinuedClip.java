package dev.galatea.decoding.clip;

import java.nio.file.Path;

/**
 * A clip that another one continues.
 *
 * @param file its frames, as rows of RGB bytes
 * @param frames number of frames
 * @param shared number of frames at its end that the decoded clip begins with
 * @param faded number of shared frames, at their end, that the denoiser generated itself
 */
public record ContinuedClip(Path file, int frames, int shared, int faded) {

    /**
     * Describes the clip in a file of {@code bytes} bytes.
     *
     * @param told number of shared frames, at their beginning, that the denoiser was given
     */
    public static ContinuedClip of(Path file, long bytes, int frameBytes, int shared, int told) {
        if (bytes % frameBytes != 0 || bytes / frameBytes < shared) {
            throw new IllegalArgumentException("source: has " + bytes + " bytes; valid is a multiple of " + frameBytes
                    + ", and at least " + (long) shared * frameBytes);
        }
        return new ContinuedClip(file, Math.toIntExact(bytes / frameBytes), shared, shared - told);
    }

    /** Returns the number of frames before the first decoded one. */
    int before() {
        return frames - shared;
    }

    /**
     * Returns the weight of a decoded frame's tint: 0 for frames that the denoiser was given, 1 after the shared ones.
     */
    float shown(int index) {
        float into = index - (shared - faded) + 1;
        return Math.max(0, Math.min(1, into / (faded + 1)));
    }
}
