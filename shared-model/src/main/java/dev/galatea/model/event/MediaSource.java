package dev.galatea.model.event;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.tensor.ObjectRef;

/**
 * The place of media that a job starts from: an object in the store, or an address.
 *
 * @param object absent if and only if there is an address
 * @param url {@code https://…}; may hold tokens, so it must not be logged
 */
public record MediaSource(
        @Nullable ObjectRef object, @Nullable String url) {

    public MediaSource {
        if ((object == null) == (url == null)) {
            throw new IllegalArgumentException("reference: needs an object or an address; valid is one of the two");
        }
    }

    /** Media in the store. */
    public static MediaSource stored(ObjectRef object) {
        return new MediaSource(object, null);
    }

    /** Media that have yet to be fetched. */
    public static MediaSource at(String url) {
        return new MediaSource(null, url);
    }

    @Override
    public String toString() {
        return object == null ? "MediaSource[url]" : "MediaSource[" + object + "]";
    }
}
