package dev.galatea.standalone.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

import dev.galatea.encoding.media.MediaFormat;
import dev.galatea.encoding.media.MediaReader;
import dev.galatea.model.failure.RetryableException;

/** Checks files before the system is started, so that a mistake is reported at once. */
final class CommandFiles {

    private CommandFiles() {}

    static void requireReadable(CommandSpec spec, String name, Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new ParameterException(
                    spec.commandLine(), name + ": " + file + " can't be read; valid is a file that exists");
        }
    }

    /**
     * Looks at a file's first bytes; the encoding stage looks at the rest.
     *
     * @param video whether a video is wanted, or a picture
     */
    static void requireMedia(CommandSpec spec, String name, Path file, boolean video) {
        requireReadable(spec, name, file);
        if (format(spec, name, file).filter(found -> found.isVideo() == video).isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    name + ": " + file + " is not a supported " + (video ? "video" : "picture")
                            + " by its first bytes; valid are " + formats(found -> found.isVideo() == video));
        }
    }

    /** The format by which a file begins. */
    static MediaFormat requireMedia(CommandSpec spec, String name, Path file) {
        requireReadable(spec, name, file);
        return format(spec, name, file)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        name + ": " + file + " is not a supported picture or video by its first bytes; valid are "
                                + formats(found -> true)));
    }

    private static Optional<MediaFormat> format(CommandSpec spec, String name, Path file) {
        try {
            return MediaReader.format(file);
        } catch (RetryableException e) {
            throw new ParameterException(spec.commandLine(), name + ": " + file + ": " + e.getMessage(), e);
        }
    }

    private static String formats(Predicate<MediaFormat> wanted) {
        return Arrays.stream(MediaFormat.values())
                .filter(wanted)
                .map(MediaFormat::name)
                .collect(Collectors.joining(", "));
    }
}
