package dev.galatea.gateway.config;

import java.util.concurrent.Executor;

import jakarta.inject.Singleton;

import org.eclipse.microprofile.context.ManagedExecutor;

/**
 * Views of Quarkus' worker threads for what blocks or computes, each bounded, so that no kind of work takes them all.
 * Nothing that waits for the broker holds one. Thread-safe.
 *
 * @see <a href="../../../../../../../../../docs/decisions/0016-what-is-reactive-in-the-gateway.md">ADR 0016</a>
 */
@Singleton
public class WorkerPools {

    /** Reads of RocksDB take microseconds, pages of a hundred states milliseconds. */
    private static final int QUERIES = 16;

    /**
     * Threads that publish. One is enough while the broker answers; more help while partitions' metadata are missing.
     */
    private static final int PUBLISHING = 4;

    /** Bodies of events are built by the processor; more threads than a few make nothing faster. */
    private static final int EVENTS = 8;

    /** Lists and deletions in the object store, which wait for its answers. */
    private static final int STORE = 16;

    /** Work on what has arrived of bodies: parsing, and writing to the disk. */
    private static final int BODIES = 8;

    /** Reads of what is downloaded, each of some ten kilobytes. */
    private static final int DOWNLOADS = 16;

    private final Executor queries = pool(QUERIES);
    private final Executor publishing = pool(PUBLISHING);
    private final Executor events = pool(EVENTS);
    private final Executor store = pool(STORE);
    private final Executor bodies = pool(BODIES);
    private final Executor downloads = pool(DOWNLOADS);

    /** The pool of questions to the local copy of the job states. */
    public Executor queries() {
        return queries;
    }

    /** The pool that hands events to the producer, which may block while it looks for the broker. */
    public Executor publishing() {
        return publishing;
    }

    /** The pool that continues when a job's state changes, and builds the bodies of server-sent events. */
    public Executor events() {
        return events;
    }

    /** The pool of calls to the object store that are no downloads. */
    public Executor store() {
        return store;
    }

    /** The pool that works on what has arrived of the bodies of requests. */
    public Executor bodies() {
        return bodies;
    }

    /** The pool that reads from the object store what is downloaded. */
    public Executor downloads() {
        return downloads;
    }

    private static Executor pool(int threads) {
        return ManagedExecutor.builder().maxAsync(threads).build();
    }
}
