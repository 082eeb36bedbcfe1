package dev.galatea.decoding.clip;

import java.util.Optional;

import dev.galatea.clips.video.VideoFormat;
import dev.galatea.decoding.tiling.LatentGeometry;
import dev.galatea.decoding.tiling.TilePlan;
import dev.galatea.decoding.tiling.TileSize;

/**
 * The parameters of decoding one clip.
 *
 * @param tile the largest tile that may be tried
 * @param inChunks true if the decoder carries a state: the tile's frames are then those of a chunk
 */
public record ClipRequest(LatentGeometry geometry, TileSize tile, VideoFormat format, boolean inChunks) {

    /** Attempts with the whole tile: a worker that died of something else must not cost the same bytes. */
    private static final int WITH_WHOLE_TILE = 2;

    /** A request for a decoder without state. */
    public ClipRequest(LatentGeometry geometry, TileSize tile, VideoFormat format) {
        this(geometry, tile, format, false);
    }

    /** The tiles that the clip is decoded in. */
    TilePlan plan() {
        return inChunks ? TilePlan.inChunks(geometry, tile) : new TilePlan(geometry, tile);
    }

    /**
     * The same with a tile of at most half the memory; empty if there is none. Shorter chunks come first, because they
     * change nothing in the clip; one latent frame is the shortest.
     */
    Optional<ClipRequest> smaller() {
        Optional<TileSize> shorter = inChunks ? tile.shortened() : Optional.empty();
        return shorter.or(tile::halved).map(other -> new ClipRequest(geometry, other, format, inChunks));
    }

    /** The same with another format. */
    ClipRequest withFormat(VideoFormat other) {
        return new ClipRequest(geometry, tile, other, inChunks);
    }

    /**
     * The same for a later attempt: each one after the second takes half the tile of the one before, because a worker
     * that the system kills for its memory can't say so.
     *
     * @param attempt which delivery this is, from 1
     */
    public ClipRequest forAttempt(int attempt) {
        ClipRequest smaller = this;
        for (int i = WITH_WHOLE_TILE; i < attempt; i++) {
            smaller = smaller.smaller().orElse(smaller);
        }
        return smaller;
    }
}
