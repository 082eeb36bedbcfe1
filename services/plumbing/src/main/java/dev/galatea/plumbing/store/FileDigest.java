package dev.galatea.plumbing.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;

import dev.galatea.model.id.Sha256;
import dev.galatea.plumbing.failure.RetryableException;

/** Digests of files that are too large for memory. */
public final class FileDigest {

    private FileDigest() {}

    /** The digest of all bytes of a file. */
    public static Sha256 of(Path file) throws RetryableException {
        MessageDigest digest = Sha256.newDigest();
        try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
            return Sha256.finish(digest);
        } catch (IOException e) {
            throw new RetryableException("disk_failed", file + " can't be read: " + e.getMessage(), e);
        }
    }
}
