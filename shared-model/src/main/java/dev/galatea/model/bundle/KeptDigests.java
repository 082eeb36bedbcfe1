package dev.galatea.model.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

import dev.galatea.model.bundle.FileDigests.State;
import dev.galatea.model.id.Sha256;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Digests of files on disk, each in a file of its own that is named after the state in which the digested file was. Who
 * may write there is trusted as one who may write the files themselves. What can't be read or written costs a reading
 * of the digested file, and no more. Thread-safe, also between processes.
 */
final class KeptDigests {

    private final Path directory;

    KeptDigests(Path directory) {
        this.directory = directory;
    }

    Optional<Sha256> find(State state) {
        Path file = file(state);
        try {
            return Files.isRegularFile(file)
                    ? Optional.of(new Sha256(Files.readString(file).strip()))
                    : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    void keep(State state, Sha256 digest) {
        try {
            Files.createDirectories(directory);
            Path part = Files.createTempFile(directory, "part-", ".tmp");
            try {
                Files.writeString(part, digest.hex() + "\n");
                Files.move(part, file(state), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            // The next process reads the file again.
        }
    }

    private Path file(State state) {
        return directory.resolve(Sha256.of(state.toString().getBytes(UTF_8)).hex());
    }
}
