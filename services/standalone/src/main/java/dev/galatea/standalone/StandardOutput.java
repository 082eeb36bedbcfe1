package dev.galatea.standalone;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.galatea.standalone.cli.ExitCodes;

/** Remembers why standard output could not be written: Java's own stream keeps it to itself. Thread-safe. */
final class StandardOutput extends FilterOutputStream {

    private static final String NOBODY_READS = "Broken pipe";

    private volatile @Nullable IOException failure;

    StandardOutput(OutputStream out) {
        super(out);
    }

    /** Takes the place of the process's standard output. */
    static StandardOutput install() {
        StandardOutput output = new StandardOutput(new FileOutputStream(FileDescriptor.out));
        System.setOut(new PrintStream(output, true, charset()));
        return output;
    }

    /** That of the terminal, by the names that it has had. */
    private static Charset charset() {
        for (String property : List.of("stdout.encoding", "sun.stdout.encoding", "native.encoding")) {
            String name = System.getProperty(property);
            if (name != null && Charset.isSupported(name)) {
                return Charset.forName(name);
            }
        }
        return Charset.defaultCharset();
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /**
     * Turns success into a failure if what was printed did not arrive.
     *
     * @param exitCode of the command
     * @param err for a line that says why
     */
    int conclude(int exitCode, PrintWriter err) {
        System.out.flush();
        if (failure == null || exitCode != ExitCodes.DONE) {
            return exitCode;
        }
        problem().ifPresent(problem -> err.println("galatea: " + problem));
        return ExitCodes.FAILED;
    }

    /** The reason, for people; empty if there is none, or if the reader had enough, as {@code head} has. */
    private Optional<String> problem() {
        return Optional.ofNullable(failure)
                .map(e -> String.valueOf(e.getMessage()))
                .filter(message -> !message.equals(NOBODY_READS))
                .map(message -> "standard output can't be written: " + message);
    }
}
