package dev.galatea.model.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.bundle.BundleManifest.FileEntry;

/**
 * Gives resources of the class path a path on disk, because ONNX Runtime opens models by path. A file is in the cache
 * whole or not at all, under its digest; what is there is verified before it is believed. Thread-safe, also between
 * processes.
 */
final class ClassPathFiles {

    private static final int CHUNK = 1 << 16;

    private final Path cache;
    private final FileDigests digests;
    private final ClassLoader classPath;

    ClassPathFiles(Path cache, FileDigests digests, ClassLoader classPath) {
        this.cache = cache;
        this.digests = digests;
        this.classPath = classPath;
    }

    /** The verified file of a class-path entry, from the cache or extracted now. */
    Path extract(String field, FileEntry entry, String resource) throws BundleException {
        Path directory = cache.resolve(entry.sha256().hex());
        Path file = directory.resolve(resource.substring(resource.lastIndexOf('/') + 1));
        try {
            if (Files.isRegularFile(file) && digests.match(file, entry)) {
                return file;
            }
            Files.createDirectories(directory);
            Path part = Files.createTempFile(directory, "part-", ".tmp");
            try {
                copy(field, resource, entry, part);
                digests.require(field + ": class-path resource " + resource, part, entry);
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
            return file;
        } catch (IOException e) {
            throw new BundleException(
                    Code.UNREADABLE, field + ": " + resource + " can't be extracted to " + file + ": " + e, e);
        }
    }

    private void copy(String field, String resource, FileEntry entry, Path part) throws IOException, BundleException {
        try (InputStream in = classPath.getResourceAsStream(resource)) {
            if (in == null) {
                throw new BundleException(
                        Code.MISSING_FILE,
                        field + ".classpath: " + resource + " is not on the class path; add the artifact that"
                                + " has it");
            }
            if (copy(in, part, entry.bytes() + 1) > entry.bytes()) {
                throw new BundleException(
                        Code.LENGTH_MISMATCH,
                        field + ": class-path resource " + resource + " has more than the " + entry.bytes()
                                + " bytes that the manifest says");
            }
        }
    }

    /** Copies at most {@code limit} bytes, so that a resource can't fill the disk, and says how many. */
    private static long copy(InputStream in, Path to, long limit) throws IOException {
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
