package dev.galatea.standalone;

/** A task that runs within the started system, with its CDI beans. */
@FunctionalInterface
public interface SystemJob {

    /** Does it, and answers the process's exit code. */
    int run() throws Exception;
}
