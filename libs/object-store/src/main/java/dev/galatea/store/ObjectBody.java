package dev.galatea.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;

import io.minio.GetObjectResponse;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;

/** Takes an object's bytes from the wire, and believes nothing but what the reference says. */
final class ObjectBody {

    private static final int BUFFER_BYTES = 64 << 10;

    private ObjectBody() {}

    /** The whole object; memory is reserved only after the store has confirmed the length. */
    static byte[] toMemory(ObjectRef ref, GetObjectResponse body) throws IOException, PoisonException {
        requireLength(ref, body);
        byte[] bytes = body.readNBytes(Math.toIntExact(ref.bytes()));
        if (bytes.length != ref.bytes()) {
            throw new IOException("object ends after " + bytes.length + " of " + ref.bytes() + " bytes");
        }
        requireDigest(ref, Sha256.of(bytes));
        return bytes;
    }

    /** Into a file beside the target first, so that the target is whole or absent. */
    static void toFile(ObjectRef ref, GetObjectResponse body, Path target)
            throws IOException, PoisonException, RetryableException {
        requireLength(ref, body);
        Path draft = target.resolveSibling(target.getFileName() + ".part");
        try {
            requireDigest(ref, copy(body, draft));
            local(target, () -> Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING));
        } finally {
            local(draft, () -> Files.deleteIfExists(draft));
        }
    }

    /** Refuses a body whose length the store reports to be another than expected. */
    static void requireLength(String key, GetObjectResponse body, long expected) throws PoisonException {
        String length = body.headers().get("Content-Length");
        if (length != null && !length.equals(Long.toString(expected))) {
            throw new PoisonException(
                    StoreCalls.ALTERED,
                    "object '" + key + "': the store gives " + length + " bytes, expected are " + expected);
        }
    }

    private static void requireLength(ObjectRef ref, GetObjectResponse body) throws PoisonException {
        requireLength(ref.key(), body, ref.bytes());
    }

    private static void requireDigest(ObjectRef ref, Sha256 actual) throws PoisonException {
        if (!actual.equals(ref.sha256())) {
            throw new PoisonException(
                    StoreCalls.ALTERED,
                    "object '" + ref.key() + "': its digest is " + actual + ", the reference says " + ref.sha256());
        }
    }

    private static Sha256 copy(InputStream body, Path file) throws IOException, RetryableException {
        MessageDigest digest = Sha256.newDigest();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (OutputStream out = local(file, () -> Files.newOutputStream(file))) {
            for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                int length = n;
                digest.update(buffer, 0, length);
                local(file, () -> {
                    out.write(buffer, 0, length);
                    return length;
                });
            }
        }
        return Sha256.finish(digest);
    }

    private interface FileAction<T extends @Nullable Object> {
        T run() throws IOException;
    }

    /** A fault of our own disk is not the store's: trying the store again won't help. */
    private static <T extends @Nullable Object> T local(Path file, FileAction<T> action) throws RetryableException {
        try {
            return action.run();
        } catch (IOException e) {
            throw new RetryableException("disk_failed", "file " + file + " can't be written: " + e.getMessage(), e);
        }
    }
}
