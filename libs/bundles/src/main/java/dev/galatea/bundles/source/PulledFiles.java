package dev.galatea.bundles.source;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jboss.logging.Logger;

import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.bundle.BundleManifest.FileEntry;
import dev.galatea.model.bundle.FileProvider;
import dev.galatea.model.id.Sha256;

/**
 * Brings the files of one bundle from a source to where they are asked for. A file is in its place whole and verified,
 * or not at all. One process brings a file at a time, and others wait for it; what a process leaves that dies over it,
 * the next one continues. Thread-safe.
 */
final class PulledFiles implements FileProvider {

    private static final Logger LOG = Logger.getLogger(PulledFiles.class);

    /** Longer ago than clocks of file systems are coarse. */
    private static final Duration SETTLED = Duration.ofMinutes(1);

    /** Locks of files are between processes; these are between the threads of this one. */
    private static final Map<Path, Object> THREADS = new ConcurrentHashMap<>();

    private final BundleSource source;
    private final String directory;
    private final Path partial;

    /**
     * The files of a bundle.
     *
     * @param directory of the bundle in the source
     * @param partial for files on their way; on the same disk as the files
     */
    PulledFiles(BundleSource source, String directory, Path partial) {
        this.source = source;
        this.directory = directory;
        this.partial = partial;
    }

    @Override
    public void bring(String what, FileEntry entry, Path file) throws BundleException {
        Path part = partial.resolve(entry.sha256().hex());
        Path lock = partial.resolve(entry.sha256().hex() + ".lock");
        try {
            Files.createDirectories(partial);
            synchronized (THREADS.computeIfAbsent(lock.toAbsolutePath(), path -> new Object())) {
                try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock ignored = channel.lock()) {
                    if (!isThere(file, entry)) {
                        pull(what, entry, part, file);
                    }
                }
            }
        } catch (IOException e) {
            throw new BundleException(
                    Code.UNREADABLE, what + " can't be brought from " + source + " to " + file + ": " + e, e);
        }
    }

    /** Tells whether the file is whole; what lies in its place and is not, a disk has spoilt, and it is removed. */
    private static boolean isThere(Path file, FileEntry entry) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        if (Files.size(file) == entry.bytes() && Sha256.of(file).equals(entry.sha256())) {
            return true;
        }
        LOG.warnf("cached file is spoilt and is brought again file=%s", file);
        Files.delete(file);
        return false;
    }

    private void pull(String what, FileEntry entry, Path part, Path file) throws IOException, BundleException {
        long start = System.nanoTime();
        new Pull(source, directory, what, entry, part).run();
        // Whole from the start, so verifiers needn't doubt a time that was a moment ago, and read it once more.
        Files.setLastModifiedTime(part, FileTime.from(Instant.now().minus(SETTLED)));
        Files.createDirectories(file.getParent());
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        LOG.infof(
                "file brought source=%s bundle=%s path=%s bytes=%d seconds=%.1f",
                source, directory, entry.path(), entry.bytes(), (System.nanoTime() - start) / 1e9);
    }
}
