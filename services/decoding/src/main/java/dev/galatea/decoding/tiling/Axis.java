package dev.galatea.decoding.tiling;

import java.util.ArrayList;
import java.util.List;

/** Splits one axis into tiles of equal size, spread evenly, so that neighbours share at least the overlap. */
final class Axis {

    private Axis() {}

    /**
     * Tiles in ascending order; together they cover {@code [0, length)}.
     *
     * @param tile size of a tile; a larger one than {@code length} gives one tile of that length
     * @param overlap least number of positions that neighbours share; less than {@code tile}
     */
    static List<Span> split(int length, int tile, int overlap) {
        if (tile >= length) {
            return List.of(new Span(0, length));
        }
        int stride = tile - overlap;
        int count = (length - overlap + stride - 1) / stride;
        List<Span> spans = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int start = (int) ((long) i * (length - tile) / (count - 1));
            spans.add(new Span(start, start + tile));
        }
        return spans;
    }

    /**
     * Weight of the later of two tiles at the {@code position}-th of {@code shared} positions that they share: a linear
     * ramp, over 0 and under 1.
     */
    static float ramp(int position, int shared) {
        return position >= shared ? 1f : (position + 1f) / (shared + 1f);
    }
}
