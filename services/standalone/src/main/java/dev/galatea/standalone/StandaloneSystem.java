package dev.galatea.standalone;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.quarkus.runtime.Quarkus;

import dev.galatea.embedded.EmbeddedSystem;
import dev.galatea.embedded.PrivateFiles;

/**
 * The whole system in this JVM. Broker and store listen on the loopback interface only; their data stays in the data
 * directory, so that jobs that were unfinished at the last stop continue at the next start.
 */
public final class StandaloneSystem {

    /** Of Galatea. */
    public static final String VERSION = "0.1.0";

    /** The name of the default data directory. */
    public static final String DEFAULT_DIRECTORY = ".galatea";

    private static final int FREE_PORT = 0;

    private final Path directory;
    private int kafkaPort = FREE_PORT;
    private int storePort = FREE_PORT;
    private boolean quiet;
    private boolean shared;

    private StandaloneSystem(Path directory) {
        this.directory = directory;
    }

    /** A system that keeps its data in {@code directory}; the HTTP door is closed unless a port is given. */
    public static StandaloneSystem inDirectory(Path directory) {
        System.setProperty("quarkus.http.host-enabled", "false");
        System.setProperty("quarkus.management.host-enabled", "false");
        return new StandaloneSystem(directory);
    }

    /** Opens the HTTP door at an address of this host. */
    public StandaloneSystem http(String host, int port) {
        System.setProperty("quarkus.http.host-enabled", "true");
        System.setProperty("quarkus.http.host", host);
        System.setProperty("quarkus.http.port", Integer.toString(port));
        return this;
    }

    /** Serves health, metrics and operators' routes, on the loopback interface. */
    public StandaloneSystem managementPort(int port) {
        System.setProperty("quarkus.management.host-enabled", "true");
        System.setProperty("quarkus.management.host", "127.0.0.1");
        System.setProperty("quarkus.management.port", Integer.toString(port));
        return this;
    }

    /** Lets other programs find the broker; otherwise it takes a free port. */
    public StandaloneSystem kafkaPort(int port) {
        kafkaPort = port;
        return this;
    }

    /** Lets other programs find the store; otherwise it takes a free port. */
    public StandaloneSystem storePort(int port) {
        storePort = port;
        return this;
    }

    /**
     * Prepares for one command: the log goes to a file in the data directory instead of the terminal, and nothing is
     * started that only many jobs, or the door, need.
     */
    public StandaloneSystem quiet() {
        quiet = true;
        System.setProperty("mp.messaging.incoming.accepted-jobs.slots", "1");
        // Nobody looks at previews.
        System.setProperty("galatea.denoising.preview-every", "0");
        System.setProperty("galatea.encoding.slots", "1");
        System.setProperty("galatea.job-tracking.backlog.interval", "1h");
        // A consumer that is closed waits for its last fetch, which the broker keeps for so long; 500 ms by itself.
        System.setProperty("kafka.fetch.max.wait.ms", "200");
        return this;
    }

    /** Lets commands of other processes that are given the same data directory use this system. */
    public StandaloneSystem shared() {
        shared = true;
        return this;
    }

    /** Starts everything, runs the job, stops everything. Answers the job's exit code. */
    public int run(SystemJob job) {
        try (StopGate ignored = StopGate.keep(shared ? StopGate.SERVING : StopGate.COMMAND);
                DataDirectoryLock lock = DataDirectoryLock.acquire(directory)) {
            prepare();
            try (EmbeddedSystem backing = EmbeddedSystem.begin(
                    EmbeddedSystem.brokerIn(directory).port(kafkaPort),
                    EmbeddedSystem.storeIn(directory).port(storePort))) {
                backing.configuration().forEach(System::setProperty);
                StandaloneApplication.backing = backing;
                return runQuarkus(shared ? () -> announced(backing, job) : job);
            }
        }
    }

    private int announced(EmbeddedSystem backing, SystemJob job) throws Exception {
        new RunningSystem(
                        VERSION,
                        ProcessHandle.current().pid(),
                        backing.broker().bootstrapServers(),
                        backing.store().endpoint(),
                        backing.store().bucket())
                .announce(directory);
        try {
            return job.run();
        } finally {
            RunningSystem.conceal(directory);
        }
    }

    private void prepare() {
        try {
            RunningSystem.conceal(directory);
            System.setProperty(
                    "galatea.work-dir",
                    PrivateFiles.directory(directory.resolve("work")).toString());
            if (quiet) {
                System.setProperty("quarkus.log.console.enabled", "false");
                System.setProperty("quarkus.log.file.enabled", "true");
                System.setProperty(
                        "quarkus.log.file.path",
                        PrivateFiles.file(directory.resolve("galatea.log")).toString());
            }
        } catch (IOException e) {
            throw new DataDirectoryException(directory, e);
        }
    }

    private static int runQuarkus(SystemJob job) {
        AtomicInteger exitCode = new AtomicInteger();
        AtomicReference<Throwable> startFailure = new AtomicReference<>();
        StandaloneApplication.job = job;
        Quarkus.run(StandaloneApplication.class, (code, failure) -> {
            exitCode.set(code);
            startFailure.set(failure);
        });
        Throwable failure = startFailure.get();
        if (failure != null) {
            throw new StartFailedException(failure);
        }
        return exitCode.get();
    }
}
