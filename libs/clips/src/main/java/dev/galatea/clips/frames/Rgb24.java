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
                finite &= value >= -Float.MAX_VALUE && value <= Float.MAX_VALUE;
                into[COLOURS * i + c] = toByte(value);
            }
        }
        return finite;
    }

    /** Rounded half up; without calls, which cost one-clip processes more than all the rest of it. */
    private static byte toByte(float value) {
        float cut = value > 1 ? 1 : value < -1 ? -1 : value;
        return (byte) (int) (cut * 127.5f + 127.5f + 0.5f);
    }

    /**
     * Converts rows of RGB bytes to a planar picture.
     *
     * @param rgb 3 bytes for each pixel
     * @param into shape [3, height, width], in [-1, 1]
     */
    public static void toPlanar(byte[] rgb, float[] into) {
        int pixels = rgb.length / COLOURS;
        for (int i = 0; i < pixels; i++) {
            for (int c = 0; c < COLOURS; c++) {
                into[c * pixels + i] = (rgb[COLOURS * i + c] & 0xff) / 127.5f - 1;
            }
        }
    }
}
