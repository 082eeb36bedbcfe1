package dev.galatea.clips.video;

/**
 * Small pictures of a clip on one sheet, filled while its frames pass. Whole numbers only, so that the same frames give
 * the same sheet on every machine. One thread.
 */
public final class SpriteSheet {

    private static final int COLOURS = 3;

    private final VideoFormat format;
    private final SpriteGrid grid;
    private final int sheetWidth;
    private final byte[] sheet;
    private int next;

    public SpriteSheet(VideoFormat format, SpriteGrid grid) {
        this.format = format;
        this.grid = grid;
        this.sheetWidth = grid.columns() * grid.width();
        this.sheet = new byte[COLOURS * sheetWidth * grid.rows() * grid.height()];
    }

    /**
     * Takes a frame, which is on the sheet or not. Frames come in order, and none is left out.
     *
     * @param rgb rows of RGB bytes
     */
    public void accept(int index, byte[] rgb) {
        if (next < grid.pictures() && index == grid.frameOf(next)) {
            draw(rgb, next % grid.columns() * grid.width(), next / grid.columns() * grid.height());
            next++;
        }
    }

    /** The sheet as JPEG. */
    public byte[] jpeg() {
        return Jpeg.write(sheet, sheetWidth, grid.rows() * grid.height());
    }

    private void draw(byte[] rgb, int left, int top) {
        for (int y = 0; y < grid.height(); y++) {
            for (int x = 0; x < grid.width(); x++) {
                for (int c = 0; c < COLOURS; c++) {
                    sheet[COLOURS * ((top + y) * sheetWidth + left + x) + c] = mean(rgb, x, y, c);
                }
            }
        }
    }

    /** The mean of the pixels that lie below one of the small picture. */
    private byte mean(byte[] rgb, int x, int y, int colour) {
        int fromX = x * format.width() / grid.width();
        int toX = (x + 1) * format.width() / grid.width();
        int fromY = y * format.height() / grid.height();
        int toY = (y + 1) * format.height() / grid.height();
        int sum = 0;
        for (int row = fromY; row < toY; row++) {
            for (int column = fromX; column < toX; column++) {
                sum += rgb[COLOURS * (row * format.width() + column) + colour] & 0xff;
            }
        }
        int pixels = (toX - fromX) * (toY - fromY);
        return (byte) ((sum + pixels / 2) / pixels);
    }
}
