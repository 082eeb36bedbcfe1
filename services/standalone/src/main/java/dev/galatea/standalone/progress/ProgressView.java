package dev.galatea.standalone.progress;

import java.io.PrintStream;

import dev.galatea.model.event.JobState;

/** Shows a job's state as it changes. Not thread-safe. */
public interface ProgressView extends AutoCloseable {

    /** Shows a newer state. */
    void show(JobState state);

    /** Leaves the cursor on a line of its own; showing more after that has no effect. */
    @Override
    void close();

    /** Bars if a person is watching, plain lines if a file or another program is. */
    static ProgressView on(PrintStream out) {
        boolean terminal = System.console() != null && !"dumb".equals(System.getenv("TERM"));
        return terminal ? new BarProgressView(out) : new LineProgressView(out);
    }
}
