package dev.galatea.media;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The last lines that a process wrote to its error output, read by a thread of its own so that the process never waits.
 */
public final class ErrorOutput {

    /** Enough for the reason of a failure. */
    private static final int FEW = 20;

    private static final int MAX_LINE_LENGTH = 400;

    private final Deque<String> lines = new ArrayDeque<>();
    private final int most;
    private final Thread reader;

    private ErrorOutput(Process process, int most) {
        this.most = most;
        this.reader = new Thread(() -> drain(process), "ffmpeg-errors");
        reader.setDaemon(true);
    }

    /** Begins to read what a process that was just started says, and keeps the last lines. */
    public static ErrorOutput of(Process process) {
        return of(process, FEW);
    }

    /**
     * Begins to read what a process that was just started says.
     *
     * @param most number of lines to keep, the last ones
     */
    public static ErrorOutput of(Process process, int most) {
        ErrorOutput output = new ErrorOutput(process, most);
        output.reader.start();
        return output;
    }

    /** Returns the last lines, once the process has ended or a moment has passed. */
    public String text() throws InterruptedException {
        List<String> said = lines();
        return said.isEmpty() ? "no error output" : String.join("; ", said);
    }

    /** The same, line by line. */
    public List<String> lines() throws InterruptedException {
        reader.join(TimeUnit.SECONDS.toMillis(2));
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    private void drain(Process process) {
        try (BufferedReader in = process.errorReader(UTF_8)) {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c >= 0; c = in.read()) {
                if (c == '\n') {
                    keep(line.toString());
                    line.setLength(0);
                } else if (line.length() < MAX_LINE_LENGTH) {
                    line.append((char) c);
                }
            }
            keep(line.toString());
        } catch (IOException e) {
            keep("its error output broke off: " + e.getMessage());
        }
    }

    private void keep(String line) {
        // The dynamic linker's remark on StubLibrary says nothing about the clip.
        if (line.isBlank() || line.contains("no version information available")) {
            return;
        }
        synchronized (lines) {
            lines.addLast(line);
            if (lines.size() > most) {
                lines.removeFirst();
            }
        }
    }
}
