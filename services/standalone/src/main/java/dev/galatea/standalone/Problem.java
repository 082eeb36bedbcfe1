package dev.galatea.standalone;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.galatea.model.text.PrintableText;

/** Says on one line, for people, why something failed. */
public final class Problem {

    private static final String OURS = "dev.galatea.";
    private static final String DISK_FULL = "No space left on device";
    private static final int DEEPEST = 20;

    private Problem() {}

    /** The line for an exception, from the cause that says most. */
    public static String of(Throwable failure) {
        List<Throwable> causes = causes(failure);
        String message = causes.stream()
                .map(Problem::known)
                .filter(known -> !known.isEmpty())
                .findFirst()
                .or(() -> lastMeant(causes))
                .orElseGet(() -> said(causes.get(causes.size() - 1)));
        return line(message);
    }

    /** A message of several lines on one, and harmless to a terminal. */
    public static String line(String message) {
        return PrintableText.line(message.strip().replaceAll("\\s*\\R\\s*", "; "));
    }

    /** The reason of a failed access to a file, without the file's name. */
    public static String reason(IOException failure) {
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof FileAlreadyExistsException || failure instanceof NotDirectoryException) {
            return "it is not a directory";
        }
        if (failure instanceof NoSuchFileException) {
            return "it is not there";
        }
        return failure instanceof FileSystemException failed && failed.getReason() != null
                ? failed.getReason()
                : String.valueOf(failure.getMessage());
    }

    private static List<Throwable> causes(Throwable failure) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = failure; cause != null && causes.size() < DEEPEST; cause = cause.getCause()) {
            causes.add(cause);
        }
        return causes;
    }

    /** What our own code says, and what everybody knows; empty for anything else. */
    private static String known(Throwable cause) {
        String message = cause.getMessage() == null ? "" : cause.getMessage();
        if (cause instanceof OutOfMemoryError) {
            return "out of memory: " + message + "; GALATEA_MAX_HEAP=2g would allow more";
        }
        boolean ours = cause.getClass().getName().startsWith(OURS) && !(cause instanceof StartFailedException);
        return ours || message.contains(DISK_FULL) ? message : "";
    }

    /** A file by its name and what is wrong with it, anything else by the class, too. */
    private static String said(Throwable cause) {
        return cause instanceof FileSystemException failed && failed.getFile() != null
                ? failed.getFile() + ": " + reason(failed)
                : cause.toString();
    }

    /** Messages of these are meant for people as a rule, and have no need of the class's name. */
    private static Optional<String> lastMeant(List<Throwable> causes) {
        return causes.stream()
                .filter(cause -> cause instanceof IllegalStateException || cause instanceof IllegalArgumentException)
                .map(Throwable::getMessage)
                .filter(message -> message != null && !message.isBlank())
                .reduce((outer, inner) -> inner);
    }
}
