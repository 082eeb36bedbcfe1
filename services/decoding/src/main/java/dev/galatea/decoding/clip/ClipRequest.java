package dev.galatea.decoding.clip;

import dev.galatea.decoding.tiling.LatentGeometry;
import dev.galatea.decoding.tiling.TileSize;
import dev.galatea.decoding.video.VideoFormat;

/**
 * What is to be decoded.
 *
 * @param tile the largest tile that may be tried
 */
public record ClipRequest(LatentGeometry geometry, TileSize tile, VideoFormat format) {}
