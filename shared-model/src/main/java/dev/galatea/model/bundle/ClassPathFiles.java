package dev.galatea.model.bundle;

import java.io.IOException;
import java.io.InputStream;
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

    private final Path cache;
    private final ClassLoader classPath;

    ClassPathFiles(Path cache, ClassLoader classPath) {
        this.cache = cache;
        this.classPath = classPath;
    }

    /** The verified file of a class-path entry, from the cache or extracted now. */
    Path extract(String role, FileEntry entry, String resource) throws BundleException {
        Path directory = cache.resolve(entry.sha256().hex());
        Path file = directory.resolve(resource.substring(resource.lastIndexOf('/') + 1));
        try {
            if (Files.isRegularFile(file) && FileDigest.matches(file, entry)) {
                return file;
            }
            Files.createDirectories(directory);
            Path part = Files.createTempFile(directory, "part-", ".tmp");
            try {
                copy(role, resource, entry, part);
                FileDigest.require("files." + role + ": class-path resource " + resource, part, entry);
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
            return file;
        } catch (IOException e) {
            throw new BundleException(
                    Code.UNREADABLE,
                    "files." + role + ": " + resource + " can't be extracted to " + file + ": " + e,
                    e);
        }
    }

    private void copy(String role, String resource, FileEntry entry, Path part) throws IOException, BundleException {
        try (InputStream in = classPath.getResourceAsStream(resource)) {
            if (in == null) {
                throw new BundleException(
                        Code.MISSING_FILE,
                        "files." + role + ".classpath: " + resource + " is not on the class path; add the artifact that"
                                + " has it");
            }
            if (FileDigest.copy(in, part, entry.bytes() + 1) > entry.bytes()) {
                throw new BundleException(
                        Code.LENGTH_MISMATCH,
                        "files." + role + ": class-path resource " + resource + " has more than the " + entry.bytes()
                                + " bytes that the manifest says");
            }
        }
    }
}
