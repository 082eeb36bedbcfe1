package dev.galatea.standalone;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

import dev.galatea.embedded.PrivateFiles;

/**
 * A system that another process keeps up in a data directory, as that process has written it down there. Immutable.
 *
 * @param version of Galatea
 * @param process its id
 * @param bootstrapServers of its broker
 * @param store its address
 * @param bucket of its objects
 */
public record RunningSystem(String version, long process, String bootstrapServers, URI store, String bucket) {

    private static final String FILE = "running";

    /**
     * Finds the system that is up in a data directory. What a system wrote that was killed does not count.
     *
     * @throws IllegalStateException if it is one of another version, or its file can't be read
     */
    public static Optional<RunningSystem> in(Path directory) {
        if (!Files.exists(directory.resolve(FILE)) || !DataDirectoryLock.isHeld(directory)) {
            return Optional.empty();
        }
        Optional<RunningSystem> found = read(directory.resolve(FILE));
        found.filter(system -> !system.version.equals(StandaloneSystem.VERSION)).ifPresent(other -> {
            throw new DataDirectoryException(directory, other);
        });
        return found;
    }

    /** Tells whether the system in a data directory is still the same. */
    public boolean isUpIn(Path directory) {
        return DataDirectoryLock.isHeld(directory)
                && read(directory.resolve(FILE)).filter(this::equals).isPresent();
    }

    /** Writes down that this system is up; to be called by the process that has the directory. */
    void announce(Path directory) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("version", version);
        properties.setProperty("process", Long.toString(process));
        properties.setProperty("bootstrap-servers", bootstrapServers);
        properties.setProperty("store", store.toString());
        properties.setProperty("bucket", bucket);
        StringBuilder text = new StringBuilder();
        properties.forEach(
                (name, value) -> text.append(name).append('=').append(value).append('\n'));
        PrivateFiles.write(directory.resolve(FILE), text.toString());
    }

    /** Removes what {@link #announce} wrote, or what a killed process left. */
    static void conceal(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve(FILE));
    }

    private static Optional<RunningSystem> read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            return Optional.of(new RunningSystem(
                    properties.getProperty("version", ""),
                    Long.parseLong(properties.getProperty("process", "")),
                    properties.getProperty("bootstrap-servers", ""),
                    URI.create(properties.getProperty("store", "")),
                    properties.getProperty("bucket", "")));
        } catch (IOException | IllegalArgumentException e) {
            // It is just being removed, or nobody's that we know.
            return Optional.empty();
        }
    }
}
