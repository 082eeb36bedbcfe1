package dev.galatea.standalone.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

import dev.galatea.standalone.Problem;

/** Finds out what the option {@code --out} names, before anything is started. */
final class OutputOption {

    private static final Set<String> STANDARD_OUTPUT =
            Set.of(OutputTarget.STANDARD_OUTPUT.toString(), "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1");
    private static final Path OWN_STANDARD_OUTPUT = Path.of("/proc/self/fd/1");
    /** As many as Linux follows. */
    private static final int MOST_LINKS = 40;

    private static final int KIND = 0170000;
    private static final int BLOCK_DEVICE = 0060000;
    private static final int SOCKET = 0140000;

    private final CommandSpec spec;

    OutputOption(CommandSpec spec) {
        this.spec = spec;
    }

    /**
     * The place that a path names.
     *
     * @throws ParameterException if nothing can be written there
     */
    OutputTarget target(Path given) {
        if (STANDARD_OUTPUT.contains(given.toString())) {
            if (isTerminal(OWN_STANDARD_OUTPUT)) {
                throw refused(given, "is a terminal, which can't show it; valid is a pipe or a file");
            }
            return new OutputTarget.Standard();
        }
        Path path = given.toAbsolutePath();
        if (isDescriptor(path)) {
            return through(given, path);
        }
        Path target = followed(given, path);
        if (Files.isDirectory(target)) {
            throw refused(given, "is a directory; valid is a file");
        }
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            return through(given, target);
        }
        Path directory = target.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw refused(given, "can't be written; valid is a file in an existing directory");
        }
        if (Files.exists(target) && !Files.isWritable(target)) {
            throw refused(given, "is write-protected; valid is a file that may be replaced");
        }
        requireRoom(given, directory);
        return new OutputTarget.Plain(target, path);
    }

    /** Tries it: permissions do not tell of everything that keeps a directory from taking a new file. */
    private void requireRoom(Path given, Path directory) {
        try {
            Files.delete(Files.createTempFile(directory, ".galatea-", ".partial"));
        } catch (IOException e) {
            throw refused(
                    given,
                    "can't be written: " + Problem.reason(e) + "; valid is a file in a directory that takes new files");
        }
    }

    /** Refuses to mix two results on standard output. */
    void requireResultsApart(OutputTarget target, boolean json) {
        if (json && target.path().isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--json: goes to standard output, like --out -; valid is one of the two");
        }
    }

    /** Refuses a result that would take the place of what it is made of. */
    void requireOther(OutputTarget target, String name, @Nullable Path input) {
        Path path = target.path().orElse(null);
        try {
            if (input != null && path != null && Files.exists(path) && Files.isSameFile(input, path)) {
                throw refused(path, "is " + name + " itself; valid is another file");
            }
        } catch (IOException e) {
            throw refused(path, "can't be compared with " + name + ": " + e.getMessage());
        }
    }

    private OutputTarget through(Path given, Path target) {
        int kind = kind(target);
        if (kind == BLOCK_DEVICE) {
            throw refused(given, "is a disk; valid is a file, a pipe or -");
        }
        if (kind == SOCKET) {
            throw refused(given, "is a socket; valid is a file, a pipe or -");
        }
        if (isTerminal(target)) {
            throw refused(given, "is a terminal, which can't show it; valid is a pipe or a file");
        }
        if (!Files.isWritable(target)) {
            throw refused(given, "can't be written; valid is a file, a pipe or -");
        }
        return new OutputTarget.Through(target);
    }

    /** Follows links, and also one that leads to a file that does not exist yet. */
    private Path followed(Path given, Path path) {
        Path place = path;
        try {
            for (int links = 0; Files.isSymbolicLink(place); links++) {
                if (links == MOST_LINKS) {
                    throw refused(given, "is a link without an end; valid is a file in an existing directory");
                }
                place = place.resolveSibling(Files.readSymbolicLink(place));
            }
        } catch (IOException e) {
            throw refused(given, "is a link that can't be read; valid is a file in an existing directory");
        }
        return place;
    }

    /** An open file of this process, such as a shell names for {@code >(command)}. */
    private static boolean isDescriptor(Path path) {
        return path.startsWith("/dev/fd")
                || (path.startsWith("/proc") && path.toString().contains("/fd/"))
                || path.equals(Path.of("/dev/stderr"));
    }

    private static boolean isTerminal(Path target) {
        try {
            Path real = target.toRealPath();
            return real.startsWith("/dev/pts") || real.toString().matches("/dev/(tty|console|vcs).*");
        } catch (IOException e) {
            return false; // A pipe has no path.
        }
    }

    private static int kind(Path target) {
        try {
            return (int) Files.getAttribute(target, "unix:mode") & KIND;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return 0;
        }
    }

    /** Reads a file's name; a slash at its end means a directory, which a path forgets. */
    static final class NameConverter implements ITypeConverter<Path> {

        @Override
        public Path convert(String name) {
            if (name.isEmpty()) {
                throw new TypeConversionException("is empty; valid is the name of a file, or - for standard output");
            }
            if (name.endsWith("/")) {
                throw new TypeConversionException("'" + name + "' is the name of a directory; valid is that of a file");
            }
            return Path.of(name);
        }
    }

    private ParameterException refused(@Nullable Path given, String problem) {
        return new ParameterException(spec.commandLine(), "--out: " + given + " " + problem);
    }
}
