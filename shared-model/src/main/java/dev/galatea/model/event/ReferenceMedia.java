package dev.galatea.model.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.tensor.ObjectRef;

/**
 * An image or video that a job starts from, for the encoding stage.
 *
 * @param role what the media is to the clip
 * @param object the media in the store
 * @param strength for {@link Role#VIDEO}: how far to go back into noise, over 0 up to 1
 * @param fit how media of another shape than the clip are fitted; absent means {@link Fit#CROP}
 * @param lastFrame for {@link Role#FIRST_FRAME}: the picture that the clip ends with, too
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ReferenceMedia(
        Role role,
        ObjectRef object,
        @Nullable Double strength,
        @Nullable Fit fit,
        @Nullable ObjectRef lastFrame) {

    /** What the reference is to the clip. */
    public enum Role {
        /** The clip starts with this picture. */
        FIRST_FRAME("first_frame"),
        /** The clip ends with this picture. */
        LAST_FRAME("last_frame"),
        /** The clip is a variation of this video. */
        VIDEO("video"),
        /** The clip is this video and what comes after it. */
        EXTENSION("extension");

        private final String wireName;

        Role(String wireName) {
            this.wireName = wireName;
        }

        /** The name in events and bundle manifests. */
        @JsonValue
        public String wireName() {
            return wireName;
        }
    }

    /** How media of another shape than the clip are fitted. */
    public enum Fit {
        /** Scaled until the clip is full, and cut on both sides. */
        @JsonProperty("crop")
        CROP,
        /** Scaled until all of it is in the clip, with black beside it. */
        @JsonProperty("pad")
        PAD
    }

    public ReferenceMedia {
        Fields.require("reference.role", role);
        Fields.require("reference.object", object);
    }

    /** Media that are cropped. */
    public ReferenceMedia(Role role, ObjectRef object, @Nullable Double strength) {
        this(role, object, strength, null, null);
    }

    /** How the media are fitted, also if nobody said so. */
    public Fit fitOrDefault() {
        return fit == null ? Fit.CROP : fit;
    }
}
