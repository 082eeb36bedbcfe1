package dev.galatea.gateway.body;

import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.Sha256;
import dev.galatea.store.ObjectStore;

/** The bytes of a picture or video that a request brought along. */
public interface Upload {

    /** The type under which all of them are stored: what a client says of it is not believed. */
    String MEDIA_TYPE = "application/octet-stream";

    /** The most bytes that {@link #head} returns: enough to tell formats apart. */
    int HEAD = 32;

    /** Its length. */
    long bytes();

    /** The digest of its bytes. */
    Sha256 digest();

    /** The first of its bytes, a copy; fewer than {@link #HEAD} if there are no more. */
    byte[] head();

    /** Puts it into the store; blocks. */
    void putInto(ObjectStore store, String key) throws RetryableException;

    /** A small one that came as text, and is in memory. */
    static Upload of(byte[] bytes) {
        return new InlineUpload(bytes);
    }
}
