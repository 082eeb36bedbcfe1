package dev.galatea.decoding.tiling;

import java.util.List;

import dev.galatea.model.failure.StageException;

/**
 * Decodes the tiles of one span of latent frames and puts them together to whole frames: tiles are blended to a strip
 * as wide as the clip, strips are blended to frames. One thread.
 */
final class SpatialAssembly {

    private static final int COLOURS = 3;

    private final LatentDecoder decoder;
    private final TilePlan plan;
    private final TileGate gate;
    private final LatentGeometry geometry;
    private final float[] strip;

    SpatialAssembly(LatentDecoder decoder, TilePlan plan, TileGate gate) {
        this.decoder = decoder;
        this.plan = plan;
        this.gate = gate;
        this.geometry = plan.geometry();
        int s = geometry.spatialCompression();
        int frames = geometry.framesOf(plan.time().get(0).length());
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
        for (Span rows : plan.rows()) {
            int columnsDone = 0;
            for (Span columns : plan.columns()) {
                gate.beforeTile();
                float[] tile = decode(latents, time, rows, columns);
                fadeIntoStrip(tile, time, rows.times(s), columns.times(s), columnsDone, into.size());
                columnsDone = columns.end() * s;
            }
            fadeIntoFrames(rows.times(s), rowsDone, into);
            rowsDone = rows.end() * s;
        }
    }

    private float[] decode(float[] latents, Span time, Span rows, Span columns)
            throws StageException, DecoderMemoryException {
        float[] tile =
                decoder.decode(cut(latents, time, rows, columns), time.length(), rows.length(), columns.length());
        int s = geometry.spatialCompression();
        int expected = COLOURS * geometry.framesOf(time.length()) * rows.length() * s * columns.length() * s;
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
        int context = plan.contextFrames(time);
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

    private int stripOffset(int frame, int colour, int row, Span rows) {
        return ((frame * COLOURS + colour) * rows.length() + row) * geometry.pixelWidth();
    }
}
