package dev.galatea.gateway.body;

import java.util.Arrays;

import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.Sha256;
import dev.galatea.store.ObjectStore;

/** An upload in memory; immutable, as long as nobody changes the bytes that it was made of. */
final class InlineUpload implements Upload {

    private final byte[] bytes;
    private final Sha256 digest;

    InlineUpload(byte[] bytes) {
        this.bytes = bytes;
        digest = Sha256.of(bytes);
    }

    @Override
    public long bytes() {
        return bytes.length;
    }

    @Override
    public Sha256 digest() {
        return digest;
    }

    @Override
    public byte[] head() {
        return Arrays.copyOf(bytes, Math.min(HEAD, bytes.length));
    }

    @Override
    public void putInto(ObjectStore store, String key) throws RetryableException {
        store.put(key, MEDIA_TYPE, bytes);
    }
}
