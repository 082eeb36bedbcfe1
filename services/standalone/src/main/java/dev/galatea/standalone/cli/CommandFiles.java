package dev.galatea.standalone.cli;

import java.nio.file.Files;
import java.nio.file.Path;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

import dev.galatea.encoding.media.MediaFormat;
import dev.galatea.encoding.media.MediaReader;
import dev.galatea.encoding.media.MediaRefusedException;
import dev.galatea.model.failure.RetryableException;

/** Checks files before the system is started, so that a mistake is reported at once. */
final class CommandFiles {

    private CommandFiles() {}

    static void requireReadable(CommandSpec spec, String name, Path file) {
        String problem = problem(file);
        if (!problem.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), name + ": " + file + " " + problem + "; valid is a file that can be read");
        }
    }

    private static String problem(Path file) {
        if (Files.isDirectory(file)) {
            return "is a directory";
        }
        if (!Files.exists(file)) {
            return Files.isSymbolicLink(file) ? "is a link to what is not there" : "is not there";
        }
        if (!Files.isRegularFile(file)) {
            return "is a pipe or device, and is read more than once";
        }
        return Files.isReadable(file) ? "" : "can't be read: permission denied";
    }

    /**
     * Looks at a file's first bytes; the encoding stage looks at the rest.
     *
     * @param video whether a video is wanted, or a picture
     */
    static void requireMedia(CommandSpec spec, String name, Path file, boolean video) {
        requireReadable(spec, name, file);
        format(spec, name, file, () -> MediaReader.requireFormat(file, video));
    }

    /** The format by which a file begins. */
    static MediaFormat requireMedia(CommandSpec spec, String name, Path file) {
        requireReadable(spec, name, file);
        return format(spec, name, file, () -> MediaReader.requireFormat(file));
    }

    /** Looks at the first bytes. */
    @FunctionalInterface
    private interface Look {

        MediaFormat look() throws MediaRefusedException, RetryableException;
    }

    private static MediaFormat format(CommandSpec spec, String name, Path file, Look look) {
        try {
            return look.look();
        } catch (MediaRefusedException e) {
            throw new ParameterException(spec.commandLine(), name + ": " + file + " " + e.getMessage(), e);
        } catch (RetryableException e) {
            throw new ParameterException(spec.commandLine(), name + ": " + file + ": " + e.getMessage(), e);
        }
    }
}
