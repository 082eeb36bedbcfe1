package dev.galatea.stage.queue;

/** A running consumer of a work queue. Made by {@link WorkQueues}. */
public interface WorkQueue extends AutoCloseable {

    /** Records being worked on in this process. */
    int inFlight();

    /** Whether the poll thread lives and the broker answered lately. */
    boolean healthy();

    /**
     * Stops acquiring, asks handlers to give their work back, waits for them up to the configured grace period, releases
     * what is left, and leaves the group.
     */
    @Override
    void close();
}
