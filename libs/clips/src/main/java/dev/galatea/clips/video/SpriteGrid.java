package dev.galatea.clips.video;

/**
 * The selection, size and places of a clip's frames on its sprite sheet. At most 16 pictures, no side longer than 160
 * pixels, so a sheet has at most 640x640 however large the clip is.
 *
 * @param width of one picture, pixels
 * @param height of one picture, pixels
 * @param pictures number of pictures
 */
public record SpriteGrid(int frames, int width, int height, int pictures) {

    private static final int MAX_PICTURES = 16;
    private static final int MAX_COLUMNS = 4;
    private static final int MAX_SIDE = 160;

    /** The grid of a clip; pictures are never larger than its frames. */
    public static SpriteGrid of(VideoFormat format, int frames) {
        int longer = Math.max(format.width(), format.height());
        int side = Math.min(longer, MAX_SIDE);
        return new SpriteGrid(
                frames,
                Math.max(1, format.width() * side / longer),
                Math.max(1, format.height() * side / longer),
                Math.min(frames, MAX_PICTURES));
    }

    /** Pictures in a row. */
    public int columns() {
        return Math.min(pictures, MAX_COLUMNS);
    }

    /** Rows of pictures. */
    public int rows() {
        return (pictures + columns() - 1) / columns();
    }

    /** The frame that a picture shows: the first the first, the last the last. */
    int frameOf(int picture) {
        return pictures == 1 ? 0 : picture * (frames - 1) / (pictures - 1);
    }
}
