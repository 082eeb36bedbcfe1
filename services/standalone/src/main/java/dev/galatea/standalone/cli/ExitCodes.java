package dev.galatea.standalone.cli;

/** Exit codes of {@code ./galatea}; scripts rely on them. */
public final class ExitCodes {

    /** The clip is written. */
    public static final int DONE = 0;
    /** The job, or the system, failed. */
    public static final int FAILED = 1;
    /** The command line, or a value in it, is not valid. */
    public static final int WRONG_USE = 2;
    /** Ctrl-C; the job is cancelled. */
    public static final int INTERRUPTED = 130;

    private ExitCodes() {}
}
