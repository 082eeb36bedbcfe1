package dev.galatea.gateway.api;

/**
 * What is left of a deleted video.
 *
 * @param object always {@code video.deleted}
 */
public record VideoDeleted(String id, boolean deleted, String object) {

    static VideoDeleted of(String id) {
        return new VideoDeleted(id, true, "video.deleted");
    }
}
