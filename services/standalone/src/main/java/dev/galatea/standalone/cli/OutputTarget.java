package dev.galatea.standalone.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;

import dev.galatea.model.failure.RetryableException;
import dev.galatea.standalone.Problem;

/**
 * The place for a command's result. What is there already decides how it is written: a plain file is replaced as a
 * whole or not at all, a pipe or device is written through, and nothing else ever takes its place. Not thread-safe.
 */
sealed interface OutputTarget {

    /** The name of standard output. */
    Path STANDARD_OUTPUT = Path.of("-");

    /** Makes the result as a file. */
    @FunctionalInterface
    interface Content {

        /**
         * Writes it.
         *
         * @param file does not exist yet
         */
        void writeTo(Path file) throws Exception;
    }

    /** Makes the result and puts it here; on failure a plain file is as it was before. */
    void write(Content content) throws Exception;

    /** The file for people to look for; empty if the result went to standard output. */
    Optional<Path> path();

    /**
     * A file that is new, or replaced in one step.
     *
     * @param file absolute, and no link
     * @param name the path that was given for it
     */
    record Plain(Path file, Path name) implements OutputTarget {

        @Override
        public void write(Content content) throws Exception {
            // On the same file system, so that it can take the place at once; short, whatever the name's length.
            Path partial = file.resolveSibling(".galatea-" + UUID.randomUUID() + ".partial");
            try {
                content.writeTo(partial);
                boolean replaces = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
                if (replaces && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    throw new IOException("is no plain file any more");
                }
                if (replaces
                        && file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                    Files.setPosixFilePermissions(partial, Files.getPosixFilePermissions(file));
                }
                Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw notWritten(name, e);
            } catch (RetryableException e) {
                throw namingTarget(name, partial, e);
            } finally {
                Files.deleteIfExists(partial);
            }
        }

        @Override
        public Optional<Path> path() {
            return Optional.of(name);
        }
    }

    /**
     * A pipe or a device.
     *
     * @param target exists, and is neither a plain file nor a directory
     */
    record Through(Path target) implements OutputTarget {

        @Override
        public void write(Content content) throws Exception {
            stream(
                    content,
                    target,
                    () -> Files.newOutputStream(
                            target, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING));
        }

        @Override
        public Optional<Path> path() {
            return Optional.of(target);
        }
    }

    /** Standard output. */
    record Standard() implements OutputTarget {

        @Override
        public void write(Content content) throws Exception {
            stream(content, STANDARD_OUTPUT, () -> new FileOutputStream(FileDescriptor.out));
        }

        @Override
        public Optional<Path> path() {
            return Optional.empty();
        }
    }

    /** Opens the way out only when there is something to send. */
    @FunctionalInterface
    interface Opener {

        OutputStream open() throws IOException;
    }

    private static void stream(Content content, Path shown, Opener opener) throws Exception {
        Path directory = Files.createTempDirectory("galatea");
        Path file = directory.resolve("result");
        try {
            content.writeTo(file);
            try (OutputStream out = opener.open()) {
                Files.copy(file, out);
            }
        } catch (IOException e) {
            throw notWritten(shown, e);
        } catch (RetryableException e) {
            throw namingTarget(shown, file, e);
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }

    /** What failed in writing the file that nobody knows of is said of the place that was asked for. */
    private static Exception namingTarget(Path shown, Path file, RetryableException e) {
        boolean ofFile = String.valueOf(e.getMessage()).contains(file.toString());
        return ofFile && e.getCause() instanceof IOException cause ? notWritten(shown, cause) : e;
    }

    private static IOException notWritten(Path shown, IOException e) {
        return new NotWrittenException("--out: " + shown + " can't be written: " + Problem.reason(e), e);
    }

    /** The result could not be written; the message is for people. */
    final class NotWrittenException extends IOException {

        private static final long serialVersionUID = 1L;

        NotWrittenException(String message, IOException cause) {
            super(message, cause);
        }
    }
}
