package dev.galatea.gateway.api;

/**
 * The answer to a deletion.
 *
 * @param object always {@code video.deleted}
 */
public record VideoDeleted(String id, boolean deleted, String object) {

    static VideoDeleted of(String id) {
        return new VideoDeleted(id, true, "video.deleted");
    }
}
