package dev.galatea.store;

import java.io.IOException;
import java.nio.file.Path;

import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.Sha256;

/** Digests of a job's files; a disk that fails is a reason to try the job again. */
public final class FileDigest {

    private FileDigest() {}

    /** The digest of all bytes of a file. */
    public static Sha256 of(Path file) throws RetryableException {
        try {
            return Sha256.of(file);
        } catch (IOException e) {
            throw new RetryableException("disk_failed", file + " can't be read: " + e.getMessage(), e);
        }
    }
}
