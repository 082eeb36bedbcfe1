package dev.galatea.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import dev.galatea.embedded.PrivateFiles;

/** Keeps two systems from sharing one data directory. The operating system drops the lock with the process. */
final class DataDirectoryLock implements AutoCloseable {

    private static final String FILE = "lock";

    /** Less than any start writes. */
    private static final int ROOM_BYTES = 4 << 20;

    /** Somebody who only looks holds the lock for a moment. */
    private static final int ATTEMPTS = 3;

    private static final long PAUSE_MS = 50;

    private final FileChannel channel;
    private final FileLock lock;

    private DataDirectoryLock(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    static DataDirectoryLock acquire(Path directory) {
        try {
            open(directory);
            FileChannel channel =
                    FileChannel.open(PrivateFiles.file(directory.resolve(FILE)), StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            for (int attempt = 1; lock == null && attempt < ATTEMPTS; attempt++) {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
                lock = tryLock(channel);
            }
            if (lock == null) {
                channel.close();
                throw new DataDirectoryException(directory);
            }
            return new DataDirectoryLock(channel, lock);
        } catch (IOException e) {
            throw new DataDirectoryException(directory, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DataDirectoryException(directory);
        }
    }

    /** Tells whether a process has a directory. */
    static boolean isHeld(Path directory) {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = tryLock(channel)) {
            return lock == null;
        } catch (IOException e) {
            throw new DataDirectoryException(directory, e);
        }
    }

    /** Others' directories keep their permissions; the default one is ours. */
    private static void open(Path directory) throws IOException {
        if (directory.endsWith(StandaloneSystem.DEFAULT_DIRECTORY)) {
            PrivateFiles.directory(directory);
        } else {
            PrivateFiles.newDirectory(directory);
        }
        requireRoom(directory);
    }

    /** A broker without room for its logs ends the process, so it is tried before. */
    private static void requireRoom(Path directory) throws IOException {
        Path probe = Files.createTempFile(directory, ".room", "");
        try {
            Files.write(probe, new byte[ROOM_BYTES]);
        } finally {
            Files.delete(probe);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public void close() {
        try (channel) {
            lock.release();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
