package dev.galatea.media;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import org.jboss.logging.Logger;

import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.JobId;

/** The directory for the files of one running job; removed when closed. */
public final class JobDirectory implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(JobDirectory.class);
    /** A time longer than any job runs: an older directory was left by a process that was killed. */
    private static final Duration STALE = Duration.ofDays(1);

    private final Path path;

    private JobDirectory(Path path) {
        this.path = path;
    }

    /** Makes a directory of its own for a job. */
    public static JobDirectory create(Path parent, JobId jobId) throws RetryableException {
        try {
            return new JobDirectory(Files.createTempDirectory(Files.createDirectories(parent), jobId + "-"));
        } catch (IOException e) {
            throw new RetryableException("disk_failed", "galatea.work-dir: " + parent + " can't be written: " + e, e);
        }
    }

    /** Removes what killed processes left behind. */
    public static void sweep(Path parent) {
        if (!Files.isDirectory(parent)) {
            return;
        }
        Instant limit = Instant.now().minus(STALE);
        try (Stream<Path> children = Files.list(parent)) {
            for (Path child : children.toList()) {
                if (Files.getLastModifiedTime(child).toInstant().isBefore(limit)) {
                    delete(child);
                }
            }
        } catch (IOException e) {
            LOG.warnf("old work files can't be removed directory=%s reason=%s", parent, e.getMessage());
        }
    }

    /** The directory. */
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            delete(path);
        } catch (IOException e) {
            LOG.warnf("work files can't be removed directory=%s reason=%s", path, e.getMessage());
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(directory)) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : deepestFirst) {
            Files.deleteIfExists(file);
        }
    }
}
