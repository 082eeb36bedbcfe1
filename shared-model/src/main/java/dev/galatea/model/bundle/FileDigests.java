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

import org.jspecify.annotations.Nullable;

import dev.galatea.model.id.Sha256;

/**
 * Digests of files, each read once for as long as its length and its time of modification stay the same: weights of
 * many gigabytes are read in minutes. Thread-safe; who asks for a file that another thread reads waits for it, and for
 * no other.
 */
final class FileDigests {

    /** Those of this process. */
    static final FileDigests SHARED = new FileDigests(Sha256::of, Clock.systemUTC());

    /** Clocks of file systems are coarse: what was written lately may be written again without another time. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private static final int MAX_FILES = 1000;

    private final Reader reader;
    private final Clock clock;
    private final Map<State, CompletableFuture<@Nullable Sha256>> known =
            Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<State, CompletableFuture<@Nullable Sha256>> eldest) {
                    return size() > MAX_FILES;
                }
            });

    FileDigests(Reader reader, Clock clock) {
        this.reader = reader;
        this.clock = clock;
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
     * @param key the file's number in its file system, where there is one
     */
    private record State(
            Path file,
            long bytes,
            FileTime modified,
            @Nullable Object key) {

        static State of(Path file) throws IOException {
            Path real = file.toRealPath();
            BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
            return new State(real, attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
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

    /** Reads, and remembers what was read if it is surely of this state; else others read for themselves. */
    private Sha256 read(Path file, State state, CompletableFuture<@Nullable Sha256> result) throws IOException {
        Sha256 sure = null;
        try {
            boolean settled =
                    state.modified().toInstant().isBefore(clock.instant().minus(SETTLED));
            Sha256 digest = reader.digest(file);
            if (settled && State.of(file).equals(state)) {
                sure = digest;
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
