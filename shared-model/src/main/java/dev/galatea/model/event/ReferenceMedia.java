package dev.galatea.model.event;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.tensor.ObjectRef;

/**
 * An image or video that a job starts from, for the encoding stage.
 *
 * @param role the part that the media plays in the clip
 * @param object the media in the store; absent if and only if there is a {@code url}
 * @param url the address of the media, {@code https://…}; may hold tokens, so it must not be logged
 * @param strength for {@link Role#VIDEO}: the part of the denoising that is repeated, over 0 up to 1
 * @param fit the way to fit media whose shape differs from the clip's; absent means {@link Fit#CROP}
 * @param lastFrame for {@link Role#FIRST_FRAME}: the picture that the clip ends with, too
 * @param lastFrameUrl its address, instead of {@code lastFrame}
 * @param background the colour behind transparent media, {@code #rrggbb}; absent means white
 * @param field what the sender of an HTTP request calls the field that had the media, such as {@code image_url}, so
 *     that messages can name it; absent means the usual name for the role
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ReferenceMedia(
        Role role,
        @Nullable ObjectRef object,
        @Nullable String url,
        @Nullable Double strength,
        @Nullable Fit fit,
        @Nullable ObjectRef lastFrame,
        @Nullable String lastFrameUrl,
        @Nullable String background,
        @Nullable String field) {

    private static final int WHITE = 0xffffff;
    private static final Pattern FIELD = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final Pattern COLOUR = Pattern.compile("#[0-9a-fA-F]{6}");

    /** The parts that reference media can play in a clip. */
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

    /** The ways to fit media whose shape differs from the clip's. */
    public enum Fit {
        /** Scales the media until they fill the clip, and cuts them on both sides. */
        @JsonProperty("crop")
        CROP,
        /** Scales the media until all of them are in the clip, with black bars beside them. */
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
        if (background != null && !isColour(background)) {
            throw new IllegalArgumentException("reference.background: is not a colour; valid is for instance #ffffff");
        }
        if (field != null && !FIELD.matcher(field).matches()) {
            throw new IllegalArgumentException(
                    "reference.field: is not a name; valid are 1 to 64 letters, digits, dots, hyphens, underscores");
        }
    }

    /** Tells whether a text is a colour, {@code #rrggbb}. */
    public static boolean isColour(String text) {
        return COLOUR.matcher(text).matches();
    }

    /** Media in the store or at an address. */
    public ReferenceMedia(
            Role role, MediaSource source, @Nullable Double strength, @Nullable Fit fit, @Nullable MediaSource end) {
        this(
                role,
                source.object(),
                source.url(),
                strength,
                fit,
                end == null ? null : end.object(),
                end == null ? null : end.url(),
                null,
                null);
    }

    /** Media in the store, cropped. */
    public ReferenceMedia(Role role, ObjectRef object, @Nullable Double strength) {
        this(role, MediaSource.stored(object), strength, null, null);
    }

    /** Returns the same media before a colour, {@code #rrggbb}; null means white. */
    public ReferenceMedia withBackground(@Nullable String colour) {
        return new ReferenceMedia(role, object, url, strength, fit, lastFrame, lastFrameUrl, colour, field);
    }

    /** Returns the same media, of a field that the sender calls so; one without a name if it can't be one. */
    public ReferenceMedia withField(@Nullable String name) {
        String valid = name == null || !FIELD.matcher(name).matches() ? null : name;
        return new ReferenceMedia(role, object, url, strength, fit, lastFrame, lastFrameUrl, background, valid);
    }

    /** Returns the colour behind transparent media as 0xRRGGBB: the client's choice or else white. */
    public int backgroundOrWhite() {
        return background == null ? WHITE : Integer.parseInt(background.substring(1), 16);
    }

    /** Returns the place of the media. */
    public MediaSource source() {
        return new MediaSource(object, url);
    }

    /** Returns the place of the picture that the clip ends with; null if there is none. */
    public @Nullable MediaSource end() {
        return lastFrame == null && lastFrameUrl == null ? null : new MediaSource(lastFrame, lastFrameUrl);
    }

    /** Returns the way to fit the media: the client's choice or else the default. */
    public Fit fitOrDefault() {
        return fit == null ? Fit.CROP : fit;
    }
}
