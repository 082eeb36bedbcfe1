package dev.galatea.model.event;

import dev.galatea.model.tensor.ObjectRef;

/**
 * A finished clip.
 *
 * @param video the MP4
 * @param thumbnail a still picture
 * @param width pixels
 * @param height pixels
 */
public record Clip(ObjectRef video, ObjectRef thumbnail, int width, int height, int frames, int fps) {

    public Clip {
        Fields.require("clip.video", video);
        Fields.require("clip.thumbnail", thumbnail);
        Fields.requireAtLeast("clip.width", width, 1);
        Fields.requireAtLeast("clip.height", height, 1);
        Fields.requireAtLeast("clip.frames", frames, 1);
        Fields.requireAtLeast("clip.fps", fps, 1);
    }
}
