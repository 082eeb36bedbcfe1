package dev.galatea.standalone;

/** What is done with the running system; CDI beans are available to it. */
@FunctionalInterface
public interface SystemJob {

    /** Does it, and answers the process's exit code. */
    int run() throws Exception;
}
