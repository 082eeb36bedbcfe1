package dev.galatea.model.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.tensor.ObjectRef;

/**
 * An image or video that a job starts from, for the encoding stage.
 *
 * @param role what the media is to the clip
 * @param object the media in the store
 * @param strength for {@link Role#VIDEO}: how far to go back into noise, over 0 up to 1
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ReferenceMedia(
        Role role, ObjectRef object, @Nullable Double strength) {

    /** What the reference is to the clip. */
    public enum Role {
        /** The clip starts with this picture. */
        @JsonProperty("first_frame")
        FIRST_FRAME,
        /** The clip ends with this picture. */
        @JsonProperty("last_frame")
        LAST_FRAME,
        /** The clip is a variation of this video. */
        @JsonProperty("video")
        VIDEO
    }

    public ReferenceMedia {
        Fields.require("reference.role", role);
        Fields.require("reference.object", object);
    }
}
