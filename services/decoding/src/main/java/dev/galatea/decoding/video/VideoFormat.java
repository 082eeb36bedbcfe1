package dev.galatea.decoding.video;

/**
 * The format of a clip's file.
 *
 * @param width pixels, even (4:2:0 subsampling)
 * @param height pixels, even
 * @param fps frames per second
 * @param quantizer constant H.264 quantizer: 1 is nearly lossless and large, 51 is small and coarse
 */
public record VideoFormat(int width, int height, int fps, int quantizer) {

    public VideoFormat {
        requireEven("width", width);
        requireEven("height", height);
        if (fps < 1) {
            throw new IllegalArgumentException("fps: must be at least 1, was " + fps);
        }
        if (quantizer < 1 || quantizer > 51) {
            throw new IllegalArgumentException("quantizer: must be 1 to 51, was " + quantizer);
        }
    }

    private static void requireEven(String field, int value) {
        if (value < 2 || value % 2 != 0) {
            throw new IllegalArgumentException(field + ": must be even and at least 2, was " + value);
        }
    }

    /** Bytes of a raw frame, three for each pixel. */
    public int frameBytes() {
        return 3 * width * height;
    }
}
