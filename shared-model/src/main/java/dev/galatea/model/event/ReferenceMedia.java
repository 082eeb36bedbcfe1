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
 * @param object the media in the store; absent if and only if there is a {@code url}
 * @param url the address of the media, {@code https://…}; may hold tokens, so that it is for no log
 * @param strength for {@link Role#VIDEO}: how far to go back into noise, over 0 up to 1
 * @param fit how media of another shape than the clip are fitted; absent means {@link Fit#CROP}
 * @param lastFrame for {@link Role#FIRST_FRAME}: the picture that the clip ends with, too
 * @param lastFrameUrl its address, instead of {@code lastFrame}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ReferenceMedia(
        Role role,
        @Nullable ObjectRef object,
        @Nullable String url,
        @Nullable Double strength,
        @Nullable Fit fit,
        @Nullable ObjectRef lastFrame,
        @Nullable String lastFrameUrl) {

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
        if ((object == null) == (url == null)) {
            throw new IllegalArgumentException("reference: needs object or url; valid is one of the two");
        }
        if (lastFrame != null && lastFrameUrl != null) {
            throw new IllegalArgumentException("reference: has lastFrame and lastFrameUrl; valid is one of the two");
        }
    }

    /** Media wherever they are. */
    public ReferenceMedia(
            Role role, MediaSource source, @Nullable Double strength, @Nullable Fit fit, @Nullable MediaSource end) {
        this(
                role,
                source.object(),
                source.url(),
                strength,
                fit,
                end == null ? null : end.object(),
                end == null ? null : end.url());
    }

    /** Media in the store, cropped. */
    public ReferenceMedia(Role role, ObjectRef object, @Nullable Double strength) {
        this(role, MediaSource.stored(object), strength, null, null);
    }

    /** Where the media are. */
    public MediaSource source() {
        return new MediaSource(object, url);
    }

    /** Where the picture is that the clip ends with, too; null if there is none. */
    public @Nullable MediaSource end() {
        return lastFrame == null && lastFrameUrl == null ? null : new MediaSource(lastFrame, lastFrameUrl);
    }

    /** How the media are fitted, also if nobody said so. */
    public Fit fitOrDefault() {
        return fit == null ? Fit.CROP : fit;
    }
}
