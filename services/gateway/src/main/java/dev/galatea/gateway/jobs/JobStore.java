package dev.galatea.gateway.jobs;

import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** The local copy of the job states, with the entries of {@link JobIndex} beside it. Thread-safe. */
interface JobStore extends AutoCloseable {

    /** Begins to fill the copy; to be called once. */
    void start();

    /** Opens the copy for a question, once it is complete. */
    ReadOnlyKeyValueStore<String, byte[]> open() throws JobsUnavailableException;

    /** Tells whether the copy is complete. */
    boolean isReady();

    /** Tells whether the copy is complete or will be without help; false is a defect that only a restart heals. */
    boolean isAlive();

    @Override
    void close();
}
