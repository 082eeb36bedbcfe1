package dev.galatea.gateway.jobs;

import java.util.Optional;

import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** The local copy of the job states, with the entries of {@link JobIndex} beside it. Thread-safe. */
interface JobStore extends AutoCloseable {

    /** Begins to fill the copy; to be called once. */
    void start();

    /** Opens the copy for a question, once it is complete. */
    ReadOnlyKeyValueStore<String, byte[]> open() throws JobsUnavailableException;

    /** Tells whether the copy is complete. */
    boolean isReady();

    /** Returns the reason why the copy is not complete, as soon as it is known. */
    default Optional<String> trouble() {
        return Optional.empty();
    }

    /** Tells whether the copy is complete or will be without help; false is a defect that only a restart heals. */
    boolean isAlive();

    @Override
    void close();
}
