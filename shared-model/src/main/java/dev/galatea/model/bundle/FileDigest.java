package dev.galatea.model.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.bundle.BundleManifest.FileEntry;
import dev.galatea.model.id.Sha256;

/**
 * Holds files against their entries in a manifest: length first, because it is cheap, then the digest, for which a file
 * is read once as long as it stays as it is.
 */
final class FileDigest {

    private static final int CHUNK = 1 << 16;

    private FileDigest() {}

    static boolean matches(Path file, FileEntry entry) throws IOException {
        return Files.size(file) == entry.bytes() && FileDigests.SHARED.of(file).equals(entry.sha256());
    }

    /** Refuses a file of another length or digest; {@code what} begins the message. */
    static void require(String what, Path file, FileEntry entry) throws IOException, BundleException {
        long length = Files.size(file);
        if (length != entry.bytes()) {
            throw new BundleException(
                    Code.LENGTH_MISMATCH, what + " has " + length + " bytes; the manifest says " + entry.bytes());
        }
        Sha256 digest = FileDigests.SHARED.of(file);
        if (!digest.equals(entry.sha256())) {
            throw new BundleException(
                    Code.DIGEST_MISMATCH, what + " has sha256 " + digest + "; the manifest says " + entry.sha256());
        }
    }

    /** Copies at most {@code limit} bytes, so that a resource can't fill the disk, and says how many. */
    static long copy(InputStream in, Path to, long limit) throws IOException {
        byte[] chunk = new byte[CHUNK];
        long left = limit;
        try (OutputStream out = Files.newOutputStream(to)) {
            int n;
            while (left > 0 && (n = in.read(chunk, 0, (int) Math.min(CHUNK, left))) >= 0) {
                out.write(chunk, 0, n);
                left -= n;
            }
        }
        return limit - left;
    }
}
