package dev.galatea.embedded;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Directories and files that only their owner may read: data hold prompts, pictures and credentials. Where the file
 * system knows no permissions, they are as it makes them. Thread-safe.
 */
public final class PrivateFiles {

    private static final Logger LOG = LoggerFactory.getLogger(PrivateFiles.class);
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

    private PrivateFiles() {}

    /** Makes a directory, and missing parents, unless it is there; one that is there keeps its permissions. */
    public static Path newDirectory(Path directory) throws IOException {
        return Files.isDirectory(directory)
                ? directory
                : Files.createDirectories(directory, attributes(directory, DIRECTORY));
    }

    /** Makes a directory of ours; one that is there is closed to others. */
    public static Path directory(Path directory) throws IOException {
        newDirectory(directory);
        close(directory, DIRECTORY);
        return directory;
    }

    /** Makes an empty file unless it is there; one that is there is closed to others. */
    public static Path file(Path file) throws IOException {
        try {
            return Files.createFile(file, attributes(file, FILE));
        } catch (FileAlreadyExistsException e) {
            close(file, FILE);
            return file;
        }
    }

    /** Writes a text into a new file, which appears as a whole. */
    public static void write(Path target, String text) throws IOException {
        Path draft = file(target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID()));
        try {
            Files.writeString(draft, text);
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static void close(Path path, Set<PosixFilePermission> permissions) throws IOException {
        if (!knowsPermissions(path) || Files.getPosixFilePermissions(path).equals(permissions)) {
            return;
        }
        try {
            Files.setPosixFilePermissions(path, permissions);
        } catch (IOException e) {
            LOG.warn("others may read {}: its permissions can't be changed: {}", path, e.getMessage());
        }
    }

    private static FileAttribute<?>[] attributes(Path path, Set<PosixFilePermission> permissions) {
        return knowsPermissions(path)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }

    private static boolean knowsPermissions(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
