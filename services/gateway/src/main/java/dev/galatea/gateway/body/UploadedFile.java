package dev.galatea.gateway.body;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.Sha256;
import dev.galatea.store.ObjectStore;

import static java.nio.charset.StandardCharsets.UTF_8;

/** An upload in a file, which is there until the request is answered. Immutable. */
public final class UploadedFile implements Upload {

    private final Path file;
    private final long bytes;
    private final Sha256 digest;
    private final byte[] head;

    /** @param file named by this process */
    UploadedFile(Path file, long bytes, Sha256 digest, byte[] head) {
        this.file = file;
        this.bytes = bytes;
        this.digest = digest;
        this.head = head;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public Sha256 digest() {
        return digest;
    }

    @Override
    public byte[] head() {
        return head.clone();
    }

    @Override
    public void putInto(ObjectStore store, String key) throws RetryableException {
        store.put(key, MEDIA_TYPE, file);
    }

    String text() throws IOException {
        return new String(Files.readAllBytes(file), UTF_8);
    }
}
