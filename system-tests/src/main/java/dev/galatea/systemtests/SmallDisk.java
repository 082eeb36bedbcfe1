package dev.galatea.systemtests;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A file system of its own over a directory, small enough to be filled. Not thread-safe. */
final class SmallDisk implements AutoCloseable {

    private static final String FILLER = "filler";

    private final Path directory;
    private final @Nullable String obstacle;

    private SmallDisk(Path directory, @Nullable String obstacle) {
        this.directory = directory;
        this.obstacle = obstacle;
    }

    /**
     * Mounts it (Linux, tmpfs); nothing that was in the directory is seen until it is closed. If this user must not
     * mount, or this machine can't, {@link #obstacle()} says so.
     */
    static SmallDisk mount(Path directory, int mebibytes) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        try {
            run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", directory.toString());
            return new SmallDisk(directory, null);
        } catch (IOException e) {
            return new SmallDisk(directory, "there can't be a disk of its own at " + directory + ": " + e.getMessage());
        }
    }

    /** The directory stays on the disk that it is on. */
    static SmallDisk none(Path directory) {
        return new SmallDisk(directory, "there is no disk of its own at " + directory);
    }

    /** The reason for which there is none. */
    Optional<String> obstacle() {
        return Optional.ofNullable(obstacle);
    }

    /** Leaves no room for anybody else; what others delete later is free again. */
    void fill() throws IOException {
        byte[] block = new byte[4096];
        try (OutputStream filler = Files.newOutputStream(
                directory.resolve(FILLER), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (true) {
                filler.write(block);
            }
        } catch (IOException e) {
            if (directory.toFile().getUsableSpace() > 0) {
                throw e;
            }
        }
    }

    /** Gives the room back. */
    void free() throws IOException {
        Files.deleteIfExists(directory.resolve(FILLER));
    }

    /** Unmounts it; whoever had files open there must be gone. */
    @Override
    public void close() throws IOException, InterruptedException {
        if (obstacle == null) {
            run("umount", directory.toString());
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IOException(command[0] + " failed: " + output);
        }
    }
}
