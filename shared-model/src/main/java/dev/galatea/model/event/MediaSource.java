package dev.galatea.model.event;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.tensor.ObjectRef;

/**
 * Where media that a job starts from are: in the store, or at an address.
 *
 * @param object absent if and only if there is an address
 * @param url {@code https://…}; may hold tokens, so that it is for no log
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
