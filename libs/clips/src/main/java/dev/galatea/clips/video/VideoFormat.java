package dev.galatea.clips.video;

import java.util.Optional;

import dev.galatea.model.failure.RetryableException;

/**
 * The format of a clip's file.
 *
 * @param width pixels, even (4:2:0 subsampling)
 * @param height pixels, even
 * @param fps frames per second
 * @param quantizer constant H.264 quantizer: 1 is nearly lossless and large, 51 is small and coarse
 * @param wantedQuantizer the one that was asked for; below {@code quantizer} if the encoder could not take it
 */
public record VideoFormat(int width, int height, int fps, int quantizer, int wantedQuantizer) {

    private static final int COARSEST = 51;
    /** H.264 doubles the size of its quantization steps this often (8.5.9, table of normAdjust4x4). */
    private static final int TWICE_AS_COARSE = 6;

    public VideoFormat {
        requireEven("width", width);
        requireEven("height", height);
        if (fps < 1) {
            throw new IllegalArgumentException("fps: must be at least 1, was " + fps);
        }
        requireQuantizer("quantizer", quantizer);
        requireQuantizer("wantedQuantizer", wantedQuantizer);
    }

    /** A format with the quantizer that is wanted. */
    public VideoFormat(int width, int height, int fps, int quantizer) {
        this(width, height, fps, quantizer, quantizer);
    }

    private static void requireQuantizer(String field, int value) {
        if (value < 1 || value > COARSEST) {
            throw new IllegalArgumentException(field + ": must be 1 to " + COARSEST + ", was " + value);
        }
    }

    private static void requireEven(String field, int value) {
        if (value < 2 || value % 2 != 0) {
            throw new IllegalArgumentException(field + ": must be even and at least 2, was " + value);
        }
    }

    /** The same with steps of twice the size; empty if they can't be coarser. */
    Optional<VideoFormat> coarser() {
        return quantizer == COARSEST
                ? Optional.empty()
                : Optional.of(new VideoFormat(
                        width, height, fps, Math.min(COARSEST, quantizer + TWICE_AS_COARSE), wantedQuantizer));
    }

    /**
     * The format to make a clip again with, after the encoder could not take its frames at this one's quantizer.
     *
     * @throws RetryableException the failure itself, if a coarser quantizer would not help or there is none
     */
    public VideoFormat coarserAfter(RetryableException failure) throws RetryableException {
        if (!failure.code().equals(ClipWriter.TOO_MUCH_DETAIL)) {
            throw failure;
        }
        return coarser().orElseThrow(() -> failure);
    }

    /** Bytes of a raw frame, three for each pixel. */
    public int frameBytes() {
        return 3 * width * height;
    }
}
