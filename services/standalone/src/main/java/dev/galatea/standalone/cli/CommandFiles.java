package dev.galatea.standalone.cli;

import java.nio.file.Files;
import java.nio.file.Path;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks files before the system is started, so that a mistake is reported at once. */
final class CommandFiles {

    private CommandFiles() {}

    static void requireReadable(CommandSpec spec, String name, Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new ParameterException(
                    spec.commandLine(), name + ": " + file + " can't be read; valid is a file that exists");
        }
    }

    /** @param file of the option {@code --out} */
    static void requireWritable(CommandSpec spec, Path file) {
        Path directory = file.getParent();
        if (directory == null || !Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--out: " + file + " can't be written; valid is a file in an existing directory");
        }
        if (Files.isDirectory(file)) {
            throw new ParameterException(spec.commandLine(), "--out: " + file + " is a directory; valid is a file");
        }
    }
}
