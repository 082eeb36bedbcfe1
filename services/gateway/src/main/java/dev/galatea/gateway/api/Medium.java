package dev.galatea.gateway.api;

import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.body.Upload;
import dev.galatea.model.media.IsoMedia;

/** A picture or video that an order brings along: an upload or its address. Immutable. */
final class Medium {

    private final String field;
    private final @Nullable Upload upload;
    private final @Nullable String url;
    private final boolean isVideo;

    private Medium(String field, @Nullable Upload upload, @Nullable String url, boolean isVideo) {
        this.field = field;
        this.upload = upload;
        this.url = url;
        this.isVideo = isVideo;
    }

    /** The name of its field in the request, for messages. */
    String field() {
        return field;
    }

    /** Its bytes; null if and only if there is an address. */
    @Nullable
    Upload upload() {
        return upload;
    }

    /** Its address, {@code https://…}; may hold tokens, so it must not be logged. */
    @Nullable
    String url() {
        return url;
    }

    /** Tells whether it is a video: by its field, or by how its bytes begin. */
    boolean isVideo() {
        return isVideo;
    }

    static Medium of(String field, Upload upload, boolean isVideo) {
        return new Medium(field, upload, null, isVideo);
    }

    static Medium at(String field, String url, boolean isVideo) {
        return new Medium(field, null, url, isVideo);
    }

    /** Tells whether bytes begin as MP4, QuickTime, WebM or Matroska do, and not as a picture in their container. */
    static boolean beginsAsVideo(byte[] bytes) {
        boolean isMatroska = bytes.length >= 4
                && (bytes[0] & 0xff) == 0x1a
                && (bytes[1] & 0xff) == 0x45
                && (bytes[2] & 0xff) == 0xdf
                && (bytes[3] & 0xff) == 0xa3;
        return isMatroska || IsoMedia.isFilm(bytes);
    }
}
