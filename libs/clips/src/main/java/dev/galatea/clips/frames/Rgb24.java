package dev.galatea.clips.frames;

/** Pictures as FFmpeg and the JDK want them. */
public final class Rgb24 {

    private static final int COLOURS = 3;

    private Rgb24() {}

    /**
     * Converts a planar picture to rows of RGB bytes; values outside [-1, 1] are cut.
     *
     * @param frame shape [3, height, width], in [-1, 1]
     * @param into 3 bytes for each pixel
     * @return whether all values were numbers
     */
    public static boolean convert(float[] frame, byte[] into) {
        int pixels = frame.length / COLOURS;
        boolean finite = true;
        for (int c = 0; c < COLOURS; c++) {
            int from = c * pixels;
            for (int i = 0; i < pixels; i++) {
                float value = frame[from + i];
                finite &= Float.isFinite(value);
                into[COLOURS * i + c] = (byte) Math.round(Math.min(1f, Math.max(-1f, value)) * 127.5f + 127.5f);
            }
        }
        return finite;
    }
}
