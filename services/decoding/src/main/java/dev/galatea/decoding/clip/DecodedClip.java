package dev.galatea.decoding.clip;

import java.nio.file.Path;

/**
 * A clip on disk.
 *
 * @param video the MP4
 * @param thumbnail a JPEG of the middle frame
 */
public record DecodedClip(Path video, Path thumbnail, int width, int height, int frames, int fps) {}
