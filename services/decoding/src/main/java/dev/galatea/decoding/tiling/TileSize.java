package dev.galatea.decoding.tiling;

import java.util.Optional;

/**
 * The size of a tile and the overlap of neighbours, in latent positions. A dimension that is larger than the clip means
 * one tile in that direction.
 *
 * @param frames latent frames of a tile
 * @param height latent rows of a tile
 * @param width latent columns of a tile
 * @param overlapFrames latent frames that neighbours in time share
 * @param overlapHeight latent rows that neighbours share
 * @param overlapWidth latent columns that neighbours share
 */
public record TileSize(int frames, int height, int width, int overlapFrames, int overlapHeight, int overlapWidth) {

    /** The smallest size tried; smaller tiles see too little of their surroundings. */
    private static final int SMALLEST = 2;

    public TileSize {
        require("frames", frames, overlapFrames);
        require("height", height, overlapHeight);
        require("width", width, overlapWidth);
    }

    private static void require(String field, int size, int overlap) {
        if (size < 1) {
            throw new IllegalArgumentException("tile." + field + ": must be at least 1, was " + size);
        }
        if (overlap < 0 || overlap >= size) {
            throw new IllegalArgumentException("tile." + field + ": an overlap of " + overlap
                    + " is not valid with a tile of " + size + "; valid are 0 to " + (size - 1));
        }
    }

    /** The same tile, no larger than given; overlaps shrink with it where they must. */
    public TileSize atMost(int maxFrames, int maxHeight, int maxWidth) {
        int f = Math.min(frames, maxFrames);
        int h = Math.min(height, maxHeight);
        int w = Math.min(width, maxWidth);
        return new TileSize(
                f, h, w, Math.min(overlapFrames, f - 1), Math.min(overlapHeight, h - 1), Math.min(overlapWidth, w - 1));
    }

    /**
     * A tile of at most half the memory: half as large in space, and when space can't shrink any more, in time.
     *
     * @return empty if the tile is as small as it can be
     */
    public Optional<TileSize> halved() {
        if (height > SMALLEST || width > SMALLEST) {
            return Optional.of(atMost(frames, half(height), half(width)).withOverlapsAtMostHalf());
        }
        if (frames > SMALLEST) {
            return Optional.of(atMost(half(frames), height, width).withOverlapsAtMostHalf());
        }
        return Optional.empty();
    }

    /** The same in space and half as long; empty if it has one latent frame only. */
    public Optional<TileSize> shortened() {
        return frames == 1 ? Optional.empty() : Optional.of(atMost(frames / 2, height, width));
    }

    private TileSize withOverlapsAtMostHalf() {
        return new TileSize(
                frames,
                height,
                width,
                Math.min(overlapFrames, frames / 2),
                Math.min(overlapHeight, height / 2),
                Math.min(overlapWidth, width / 2));
    }

    private static int half(int size) {
        return Math.max(SMALLEST, (size + 1) / 2);
    }
}
