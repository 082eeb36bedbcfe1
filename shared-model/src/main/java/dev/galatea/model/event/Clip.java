package dev.galatea.model.event;

import java.util.Objects;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.tensor.ObjectRef;

/**
 * A finished clip.
 *
 * @param video the MP4
 * @param thumbnail a still picture
 * @param spritesheet pictures from all over the clip; absent from clips that were made before there were any
 * @param width pixels
 * @param height pixels
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Clip(
        ObjectRef video,
        ObjectRef thumbnail,
        @Nullable Spritesheet spritesheet,
        int width,
        int height,
        int frames,
        int fps) {

    public Clip {
        Fields.require("clip.video", video);
        Fields.require("clip.thumbnail", thumbnail);
        Fields.requireAtLeast("clip.width", width, 1);
        Fields.requireAtLeast("clip.height", height, 1);
        Fields.requireAtLeast("clip.frames", frames, 1);
        Fields.requireAtLeast("clip.fps", fps, 1);
    }

    /** Lists the clip's objects in the store. */
    public Stream<ObjectRef> objects() {
        return Stream.of(video, thumbnail, spritesheet == null ? null : spritesheet.picture())
                .filter(Objects::nonNull);
    }
}
