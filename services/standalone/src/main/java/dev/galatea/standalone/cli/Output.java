package dev.galatea.standalone.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;

import com.fasterxml.jackson.core.JsonProcessingException;
import picocli.CommandLine.Model.CommandSpec;

import dev.galatea.model.event.EventCodec;
import dev.galatea.model.text.PrintableText;
import dev.galatea.standalone.Problem;

/**
 * What a command prints: results on standard output, all else on standard error. Control characters in it are written
 * as escapes, because much of it comes from events, bundles and other people's files. Thread-safe.
 *
 * @param out results
 * @param err messages to people
 */
record Output(PrintWriter out, PrintWriter err) {

    static Output of(CommandSpec spec) {
        return new Output(
                printable(spec.commandLine().getOut()),
                printable(spec.commandLine().getErr()));
    }

    /** Says on one line what is wrong. */
    void problem(String message) {
        err.println("galatea: " + Problem.line(message));
    }

    /** Prints the name of a file that was written, on one line whatever it is. */
    void path(Path path) {
        out.println(PrintableText.line(path.toString()));
    }

    /** Prints a result as one line of JSON, in which escapes mean what they stand for. */
    void json(Object result) throws JsonProcessingException {
        out.println(EventCodec.mapper().writeValueAsString(result));
    }

    private static PrintWriter printable(PrintWriter writer) {
        return new PrintWriter(new PrintableWriter(writer), true);
    }

    /** Passes on what is printable, line ends and tabs, and the rest as escapes. */
    private static final class PrintableWriter extends Writer {

        private final PrintWriter target;

        PrintableWriter(PrintWriter target) {
            this.target = target;
        }

        @Override
        public void write(char[] text, int offset, int length) throws IOException {
            target.write(PrintableText.lines(new String(text, offset, length)));
        }

        @Override
        public void flush() {
            target.flush();
        }

        @Override
        public void close() {
            // Standard output and standard error are the process's.
            target.flush();
        }
    }
}
