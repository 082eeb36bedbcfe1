package dev.galatea.model.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.bundle.BundleManifest.FileEntry;
import dev.galatea.model.id.Sha256;

/**
 * Digests of files, each read once for as long as its length and its times stay the same: weights of many gigabytes are
 * read in minutes. They may be kept in a directory, so that the next process has them too. Thread-safe; who asks for a
 * file that another thread reads waits for it, and for no other.
 */
final class FileDigests {

    /** Those that this process has read itself. */
    static final FileDigests READ_HERE = new FileDigests(Sha256::of, Clock.systemUTC(), null);

    private static final Map<Path, FileDigests> KEPT = new ConcurrentHashMap<>();

    /** Clocks of file systems are coarse: what was written lately may be written again without another time. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private static final int MAX_FILES = 1000;

    private final Reader reader;
    private final Clock clock;
    private final @Nullable KeptDigests kept;
    private final Map<State, CompletableFuture<@Nullable Sha256>> known =
            Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<State, CompletableFuture<@Nullable Sha256>> eldest) {
                    return size() > MAX_FILES;
                }
            });

    /** @param kept those of earlier processes; null for none */
    FileDigests(Reader reader, Clock clock, @Nullable KeptDigests kept) {
        this.reader = reader;
        this.clock = clock;
        this.kept = kept;
    }

    /** Those that are kept in a directory, which is made when needed; one instance for each. */
    static FileDigests keptIn(Path directory) {
        return KEPT.computeIfAbsent(
                directory.toAbsolutePath().normalize(),
                path -> new FileDigests(Sha256::of, Clock.systemUTC(), new KeptDigests(path)));
    }

    /** Reads a file. */
    @FunctionalInterface
    interface Reader {

        /** The digest of all bytes of a file. */
        Sha256 digest(Path file) throws IOException;
    }

    /**
     * What tells that a file is the same still.
     *
     * @param changed time of the last change of the file or of what is known about it, which nobody can set; where
     *     there is one
     * @param key the file's number in its file system, where there is one
     */
    record State(
            Path file,
            long bytes,
            FileTime modified,
            @Nullable Object changed,
            @Nullable Object key) {

        static State of(Path file) throws IOException {
            Path real = file.toRealPath();
            BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
            boolean unix = real.getFileSystem().supportedFileAttributeViews().contains("unix");
            return new State(
                    real,
                    attributes.size(),
                    attributes.lastModifiedTime(),
                    unix ? Files.getAttribute(real, "unix:ctime") : null,
                    attributes.fileKey());
        }
    }

    /** Tells whether a file has the length and the digest of an entry. */
    boolean match(Path file, FileEntry entry) throws IOException {
        return Files.size(file) == entry.bytes() && of(file).equals(entry.sha256());
    }

    /** Refuses a file of another length, which is looked at first, or digest; {@code what} begins the message. */
    void require(String what, Path file, FileEntry entry) throws IOException, BundleException {
        long length = Files.size(file);
        if (length != entry.bytes()) {
            throw new BundleException(
                    Code.LENGTH_MISMATCH, what + " has " + length + " bytes; the manifest says " + entry.bytes());
        }
        Sha256 digest = of(file);
        if (!digest.equals(entry.sha256())) {
            throw new BundleException(
                    Code.DIGEST_MISMATCH, what + " has sha256 " + digest + "; the manifest says " + entry.sha256());
        }
    }

    /** The digest of a file as it is now. */
    Sha256 of(Path file) throws IOException {
        while (true) {
            State state = State.of(file);
            CompletableFuture<@Nullable Sha256> mine = new CompletableFuture<>();
            CompletableFuture<@Nullable Sha256> other = known.putIfAbsent(state, mine);
            if (other == null) {
                return read(file, state, mine);
            }
            Sha256 digest = other.join();
            if (digest != null) {
                return digest;
            }
        }
    }

    /** Looks it up or reads, and remembers what is surely of this state; else others read for themselves. */
    private Sha256 read(Path file, State state, CompletableFuture<@Nullable Sha256> result) throws IOException {
        Sha256 sure = kept == null ? null : kept.find(state).orElse(null);
        if (sure != null) {
            result.complete(sure);
            return sure;
        }
        try {
            boolean settled =
                    state.modified().toInstant().isBefore(clock.instant().minus(SETTLED));
            Sha256 digest = reader.digest(file);
            if (settled && State.of(file).equals(state)) {
                sure = digest;
                if (kept != null) {
                    kept.keep(state, digest);
                }
            }
            return digest;
        } finally {
            if (sure == null) {
                known.remove(state, result);
            }
            result.complete(sure);
        }
    }
}
