package dev.galatea.clips;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.galatea.clips.video.SpriteGrid;
import dev.galatea.model.failure.RetryableException;

/**
 * A clip on disk.
 *
 * @param video the MP4
 * @param thumbnail a JPEG of the middle frame
 * @param spritesheet a JPEG of small pictures
 * @param grid the places of the pictures on the sprite sheet
 */
public record ClipFiles(
        Path video, Path thumbnail, Path spritesheet, SpriteGrid grid, int width, int height, int frames, int fps) {

    /** Bytes of all files. */
    public long bytes() throws RetryableException {
        try {
            return Files.size(video) + Files.size(thumbnail) + Files.size(spritesheet);
        } catch (IOException e) {
            throw new RetryableException("disk_failed", video + " can't be read: " + e.getMessage(), e);
        }
    }
}
