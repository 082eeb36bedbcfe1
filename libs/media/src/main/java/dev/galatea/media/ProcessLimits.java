package dev.galatea.media;

import java.time.Duration;

/**
 * Limits of one process, kept by the operating system where it has them (not on Windows).
 *
 * @param memory bytes of address space; 0 for no limit
 * @param processorTime of all its threads together; it is ended by SIGXCPU, or SIGKILL
 * @param fileBytes longest file that it may write; pipes have no limit
 */
public record ProcessLimits(long memory, Duration processorTime, long fileBytes) {

    /** The unit of the POSIX shell's limit for files. */
    private static final int BLOCK = 512;
    /** Most threads and processes; counted apart only where there is a namespace for them. */
    private static final int TASKS = 64;

    /**
     * A script that sets the limits and becomes the command in its arguments. A limit that the system does not take
     * leaves the stricter one that is in force.
     *
     * @param counted true if the process is in a namespace of users of its own, where tasks are counted apart; else
     *     those of all the user's programs would be counted together
     */
    String script(boolean counted) {
        StringBuilder script = new StringBuilder("ulimit -c 0 2>/dev/null;");
        if (memory > 0) {
            script.append(" ulimit -v ").append(memory / 1024).append(" 2>/dev/null;");
        }
        script.append(" ulimit -t ")
                .append(Math.max(1, processorTime.toSeconds()))
                .append(" 2>/dev/null;");
        script.append(" ulimit -f ").append((fileBytes + BLOCK - 1) / BLOCK).append(" 2>/dev/null;");
        if (counted) {
            // bash and most others call it -u, dash -p.
            script.append(" ulimit -u ").append(TASKS).append(" 2>/dev/null || ulimit -p ");
            script.append(TASKS).append(" 2>/dev/null;");
        }
        return script.append(" exec \"$0\" \"$@\"").toString();
    }
}
