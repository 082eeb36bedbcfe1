package dev.galatea.decoding.tiling;

import java.util.List;

/**
 * The layout of a clip's tiles, in latent positions, and the frames that each tile in time gives. Immutable.
 *
 * <p>With a causal first frame, the first latent frame of a tile that starts later is context only: it is decoded to
 * one frame, which is dropped, and the next latent frame is the first that counts. So such tiles share at least one
 * latent frame.
 */
public final class TilePlan {

    private final LatentGeometry geometry;
    private final List<Span> time;
    private final List<Span> rows;
    private final List<Span> columns;

    /** Splits a clip into tiles. */
    public TilePlan(LatentGeometry geometry, TileSize size) {
        this.geometry = geometry;
        boolean causal = geometry.causalFirstFrame();
        int frames = causal ? Math.max(2, size.frames()) : size.frames();
        this.time = Axis.split(
                geometry.frames(), frames, causal ? Math.max(1, size.overlapFrames()) : size.overlapFrames());
        this.rows = Axis.split(geometry.height(), size.height(), size.overlapHeight());
        this.columns = Axis.split(geometry.width(), size.width(), size.overlapWidth());
    }

    LatentGeometry geometry() {
        return geometry;
    }

    List<Span> time() {
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
        return time.size() * rows.size() * columns.size();
    }

    /** Frames to drop at the start of a tile's output. */
    int contextFrames(Span latentFrames) {
        return geometry.causalFirstFrame() && latentFrames.start() > 0 ? 1 : 0;
    }

    /** Frames of the clip that a tile in time gives. */
    Span framesOf(Span latentFrames) {
        int first =
                latentFrames.start() == 0 ? 0 : geometry.framesOf(latentFrames.start() + contextFrames(latentFrames));
        return new Span(first, geometry.framesOf(latentFrames.end()));
    }
}
