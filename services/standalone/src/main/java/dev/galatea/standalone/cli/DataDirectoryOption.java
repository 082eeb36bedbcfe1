package dev.galatea.standalone.cli;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

import dev.galatea.standalone.StandaloneSystem;

/** The option for the directory of the embedded broker's and store's data, for commands that start them. */
final class DataDirectoryOption {

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where the broker and the store keep their data between runs"
                    + " (default: $GALATEA_DATA_DIR, or ~/.galatea).")
    @Nullable
    Path directory;

    Path resolve() {
        if (directory != null) {
            return directory.toAbsolutePath();
        }
        String fromEnvironment = System.getenv("GALATEA_DATA_DIR");
        if (fromEnvironment != null && !fromEnvironment.isBlank()) {
            return Path.of(fromEnvironment).toAbsolutePath();
        }
        return Path.of(System.getProperty("user.home"), StandaloneSystem.DEFAULT_DIRECTORY)
                .toAbsolutePath();
    }
}
