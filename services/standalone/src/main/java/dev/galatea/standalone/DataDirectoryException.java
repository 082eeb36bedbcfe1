package dev.galatea.standalone;

import java.io.IOException;
import java.nio.file.Path;

/** A data directory can't be used; the message says why, and what to do. */
final class DataDirectoryException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    DataDirectoryException(Path directory, IOException cause) {
        super(
                "the data directory " + directory + " can't be used: " + Problem.reason(cause)
                        + "; choose another with --data-dir",
                cause);
    }

    DataDirectoryException(Path directory) {
        super("the data directory " + directory
                + " is in use by another galatea; stop that one, or choose another with --data-dir");
    }

    DataDirectoryException(Path directory, RunningSystem other) {
        super("the data directory " + directory + " is in use by galatea " + other.version() + " (process "
                + other.process() + "), and this is " + StandaloneSystem.VERSION
                + "; stop that one, or choose another with --data-dir");
    }
}
