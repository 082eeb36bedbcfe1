package dev.galatea.decoding.tiling;

/**
 * The geometry by which a clip's latents map to its frames.
 *
 * @param channels of the latents
 * @param frames latent frames (T)
 * @param height latent rows (H)
 * @param width latent columns (W)
 * @param spatialCompression pixels per latent position, in each direction
 * @param temporalCompression frames per latent frame
 * @param causalFirstFrame true if the first latent frame stands for one frame only
 */
public record LatentGeometry(
        int channels,
        int frames,
        int height,
        int width,
        int spatialCompression,
        int temporalCompression,
        boolean causalFirstFrame) {

    public LatentGeometry {
        requirePositive("channels", channels);
        requirePositive("frames", frames);
        requirePositive("height", height);
        requirePositive("width", width);
        requirePositive("spatialCompression", spatialCompression);
        requirePositive("temporalCompression", temporalCompression);
    }

    private static void requirePositive(String field, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("latents." + field + ": must be at least 1, was " + value);
        }
    }

    /** Frames that {@code latentFrames} latent frames are decoded to. */
    public int framesOf(int latentFrames) {
        return causalFirstFrame ? 1 + (latentFrames - 1) * temporalCompression : latentFrames * temporalCompression;
    }

    /** Frames of the clip. */
    public int clipFrames() {
        return framesOf(frames);
    }

    /** Pixel rows of the clip. */
    public int pixelHeight() {
        return height * spatialCompression;
    }

    /** Pixel columns of the clip. */
    public int pixelWidth() {
        return width * spatialCompression;
    }

    /** Elements of the latents: [C, T, H, W]. */
    public int elements() {
        return Math.multiplyExact(Math.multiplyExact(channels, frames), Math.multiplyExact(height, width));
    }
}
