package dev.galatea.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Directories that only their owner may enter, whatever the umask is: data, logs and work files hold prompts, media and
 * state. What lies in them is behind the same door.
 */
public final class PrivateDirectory {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private PrivateDirectory() {}

    /**
     * Makes a directory and those above it that are missing; one that is there and ours is closed to others. One that
     * belongs to somebody else, such as a volume that was mounted for this process, stays as it is.
     *
     * @return the directory
     */
    public static Path create(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath();
        Path parent = absolute.getParent();
        boolean isPosix = absolute.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (!isPosix) {
            return Files.createDirectories(absolute);
        }
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.createDirectories(absolute, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        close(absolute);
        return absolute;
    }

    private static void close(Path directory) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(directory, PosixFileAttributeView.class);
        boolean isOpen = !view.readAttributes().permissions().equals(OWNER_ONLY);
        if (isOpen && Files.isWritable(directory) && view.getOwner().equals(self(directory))) {
            view.setPermissions(OWNER_ONLY);
        }
    }

    /**
     * The owner of what this process makes; a file is surer than the name of the user, which containers may not have.
     */
    private static Object self(Path directory) throws IOException {
        Path probe = Files.createTempFile(directory, "owner", "");
        try {
            return Files.getOwner(probe);
        } finally {
            Files.delete(probe);
        }
    }
}
