package dev.galatea.decoding.tiling;

import java.util.ArrayList;
import java.util.List;

import dev.galatea.model.failure.StageException;

/**
 * Decodes the tiles of one span of latent frames and puts them together to whole frames: tiles are blended to a strip
 * as wide as the clip, strips are blended to frames. Spans come in the order of time; what a decoder carries from one
 * to the next is kept for each tile until this is closed. One thread.
 */
final class SpatialAssembly implements AutoCloseable {

    private static final int COLOURS = 3;

    private final LatentDecoder decoder;
    private final TilePlan plan;
    private final TileGate gate;
    private final LatentGeometry geometry;
    private final float[] strip;
    /** The tiles in space, row by row, from their first span on. */
    private final List<TileDecoder> tiles = new ArrayList<>();

    SpatialAssembly(LatentDecoder decoder, TilePlan plan, TileGate gate) {
        this.decoder = decoder;
        this.plan = plan;
        this.gate = gate;
        this.geometry = plan.geometry();
        int s = geometry.spatialCompression();
        int frames = plan.time().mostFrames();
        int rows = plan.rows().get(0).length() * s;
        this.strip = new float[Math.multiplyExact(Math.multiplyExact(COLOURS * frames, rows), geometry.pixelWidth())];
    }

    /**
     * Decodes all tiles of a span.
     *
     * @param into one buffer [3, H·s, W·s] for each frame that the span gives
     */
    void assemble(float[] latents, Span time, List<float[]> into) throws StageException, DecoderMemoryException {
        int s = geometry.spatialCompression();
        int rowsDone = 0;
        int at = 0;
        for (Span rows : plan.rows()) {
            int columnsDone = 0;
            for (Span columns : plan.columns()) {
                gate.beforeTile();
                float[] tile = decode(tile(at++, rows, columns), latents, time, rows, columns);
                fadeIntoStrip(tile, time, rows.times(s), columns.times(s), columnsDone, into.size());
                columnsDone = columns.end() * s;
            }
            fadeIntoFrames(rows.times(s), rowsDone, into);
            rowsDone = rows.end() * s;
        }
    }

    private TileDecoder tile(int index, Span rows, Span columns) throws StageException {
        if (index == tiles.size()) {
            tiles.add(decoder.begin(rows.length(), columns.length()));
        }
        return tiles.get(index);
    }

    private float[] decode(TileDecoder one, float[] latents, Span time, Span rows, Span columns)
            throws StageException, DecoderMemoryException {
        float[] tile = one.decode(cut(latents, time, rows, columns), time.length());
        int s = geometry.spatialCompression();
        int frames =
                plan.time().contextFrames(time) + plan.time().framesOf(time).length();
        int expected = COLOURS * frames * rows.length() * s * columns.length() * s;
        if (tile.length != expected) {
            throw new IllegalStateException("the decoder gave " + tile.length + " values for " + time.length() + "x"
                    + rows.length() + "x" + columns.length() + " latents; expected " + expected);
        }
        return tile;
    }

    /** Copies [C, t, h, w] out of [C, T, H, W]. */
    private float[] cut(float[] latents, Span time, Span rows, Span columns) {
        float[] tile = new float[geometry.channels() * time.length() * rows.length() * columns.length()];
        int to = 0;
        for (int c = 0; c < geometry.channels(); c++) {
            for (int t = time.start(); t < time.end(); t++) {
                for (int y = rows.start(); y < rows.end(); y++) {
                    int from = ((c * geometry.frames() + t) * geometry.height() + y) * geometry.width();
                    System.arraycopy(latents, from + columns.start(), tile, to, columns.length());
                    to += columns.length();
                }
            }
        }
        return tile;
    }

    /** The strip is [frame, colour, row, column], the tile [colour, context + frame, row, column]. */
    private void fadeIntoStrip(float[] tile, Span time, Span rows, Span columns, int columnsDone, int frames) {
        int context = plan.time().contextFrames(time);
        int shared = Math.max(0, columnsDone - columns.start());
        for (int f = 0; f < frames; f++) {
            for (int c = 0; c < COLOURS; c++) {
                for (int y = 0; y < rows.length(); y++) {
                    int from = ((c * (context + frames) + context + f) * rows.length() + y) * columns.length();
                    int to = stripOffset(f, c, y, rows) + columns.start();
                    Blend.row(tile, from, strip, to, columns.length(), shared);
                }
            }
        }
    }

    private void fadeIntoFrames(Span rows, int rowsDone, List<float[]> into) {
        int shared = Math.max(0, rowsDone - rows.start());
        int width = geometry.pixelWidth();
        for (int f = 0; f < into.size(); f++) {
            for (int c = 0; c < COLOURS; c++) {
                for (int y = 0; y < rows.length(); y++) {
                    int to = (c * geometry.pixelHeight() + rows.start() + y) * width;
                    Blend.all(strip, stripOffset(f, c, y, rows), into.get(f), to, width, Axis.ramp(y, shared));
                }
            }
        }
    }

    @Override
    public void close() {
        tiles.forEach(TileDecoder::close);
        tiles.clear();
    }

    private int stripOffset(int frame, int colour, int row, Span rows) {
        return ((frame * COLOURS + colour) * rows.length() + row) * geometry.pixelWidth();
    }
}
