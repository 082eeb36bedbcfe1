package dev.galatea.decoding.clip;

import dev.galatea.decoding.tiling.LatentGeometry;
import dev.galatea.decoding.tiling.TileSize;
import dev.galatea.decoding.video.VideoFormat;

/**
 * The parameters of decoding one clip.
 *
 * @param tile the largest tile that may be tried
 */
public record ClipRequest(LatentGeometry geometry, TileSize tile, VideoFormat format) {

    /** Attempts with the whole tile: a worker that died of something else must not cost the same bytes. */
    private static final int WITH_WHOLE_TILE = 2;

    /** The same with another tile. */
    ClipRequest withTile(TileSize other) {
        return new ClipRequest(geometry, other, format);
    }

    /** The same with another format. */
    ClipRequest withFormat(VideoFormat other) {
        return new ClipRequest(geometry, tile, other);
    }

    /**
     * The same for a later attempt: each one after the second takes half the tile of the one before, because a worker
     * that the system kills for its memory can't say so.
     *
     * @param attempt which delivery this is, from 1
     */
    public ClipRequest forAttempt(int attempt) {
        TileSize smaller = tile;
        for (int i = WITH_WHOLE_TILE; i < attempt; i++) {
            smaller = smaller.halved().orElse(smaller);
        }
        return withTile(smaller);
    }
}
