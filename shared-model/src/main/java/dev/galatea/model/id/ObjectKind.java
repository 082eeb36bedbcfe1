package dev.galatea.model.id;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Tells apart what objects in the store are; their keys are made by {@link ObjectKeys}. */
public enum ObjectKind {
    /** Media that somebody uploaded for a job to start from. */
    UPLOAD,
    /** The latents of the media that a job starts from. */
    REFERENCE,
    /** The frames of the video that a job continues. */
    SOURCE,
    /** The clean latents. */
    LATENTS,
    /** The state of the sampler after a step. */
    CHECKPOINT,
    /** A picture of the estimate after a step. */
    PREVIEW,
    /** The clip. */
    CLIP,
    /** The clip's thumbnail. */
    THUMBNAIL,
    /** Small pictures of the clip. */
    SPRITESHEET,
    /** A text's embeddings, of no job. */
    EMBEDDINGS;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The name in keys and metrics. */
    public String wireName() {
        return wireName;
    }

    /** Returns the beginning of the key part that names the object's kind. */
    String prefix() {
        return this == EMBEDDINGS ? wireName + "/" : wireName + "-";
    }

    /** The kind that a key says; empty if it is not one of ours. */
    public static Optional<ObjectKind> of(String key) {
        String name = key.startsWith(EMBEDDINGS.prefix()) ? key : key.substring(key.lastIndexOf('/') + 1);
        return Arrays.stream(values())
                .filter(kind -> name.startsWith(kind.prefix()))
                .findFirst();
    }
}
