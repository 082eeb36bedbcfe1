package dev.galatea.decoding.tiling;

import java.util.List;

/** The layout of a clip's tiles, in latent positions, and the frames that each piece in time gives. Immutable. */
public final class TilePlan {

    private final LatentGeometry geometry;
    private final TimeCuts time;
    private final List<Span> rows;
    private final List<Span> columns;

    /** Splits a clip into tiles, each of which is decoded by itself. */
    public TilePlan(LatentGeometry geometry, TileSize size) {
        this(geometry, size, TimeCuts.Overlapping.of(geometry, size));
    }

    private TilePlan(LatentGeometry geometry, TileSize size, TimeCuts time) {
        this.geometry = geometry;
        this.time = time;
        this.rows = Axis.split(geometry.height(), size.height(), size.overlapHeight());
        this.columns = Axis.split(geometry.width(), size.width(), size.overlapWidth());
    }

    /**
     * Splits a clip for a decoder that carries a state: into tiles in space, and into chunks of {@code size.frames()}
     * latent frames, which don't overlap.
     */
    public static TilePlan inChunks(LatentGeometry geometry, TileSize size) {
        return new TilePlan(geometry, size, TimeCuts.Chunks.of(geometry, size.frames()));
    }

    LatentGeometry geometry() {
        return geometry;
    }

    TimeCuts time() {
        return time;
    }

    List<Span> rows() {
        return rows;
    }

    List<Span> columns() {
        return columns;
    }

    /** Returns the number of tiles, each of which is one call of the decoder. */
    public int tiles() {
        return time.spans().size() * rows.size() * columns.size();
    }
}
