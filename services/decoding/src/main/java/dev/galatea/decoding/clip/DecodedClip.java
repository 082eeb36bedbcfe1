package dev.galatea.decoding.clip;

import java.nio.file.Path;

import dev.galatea.decoding.video.SpriteGrid;

/**
 * A clip on disk.
 *
 * @param video the MP4
 * @param thumbnail a JPEG of the middle frame
 * @param spritesheet a JPEG of small pictures
 * @param grid the places of the pictures on the sprite sheet
 */
public record DecodedClip(
        Path video, Path thumbnail, Path spritesheet, SpriteGrid grid, int width, int height, int frames, int fps) {}
