package dev.galatea.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;

/**
 * The real Apache Kafka server in this process: one KRaft node, plain text, on the loopback address only. Its data stay
 * in a directory between runs, also after the process was killed. Thread-safe; one broker per directory.
 */
public final class EmbeddedBroker implements AutoCloseable {

    private final int port;
    private final int controllerPort;
    private final Supplier<KafkaRaftServer> starter;
    private volatile CompletableFuture<KafkaRaftServer> server;
    private volatile @Nullable Thread cleaning;
    private boolean closed;

    /** @param starter starts the server and waits until it takes requests */
    private EmbeddedBroker(int port, int controllerPort, Supplier<KafkaRaftServer> starter) {
        this.port = port;
        this.controllerPort = controllerPort;
        this.starter = starter;
        server = begin();
    }

    private CompletableFuture<KafkaRaftServer> begin() {
        return CompletableFuture.supplyAsync(starter, task -> new Thread(task, "broker-start").start());
    }

    /** Describes a broker whose data lie in {@code directory}, which is created and formatted on first use. */
    public static Builder builder(Path directory) {
        return new Builder(directory);
    }

    /** The port that clients use. */
    public int port() {
        return port;
    }

    /** All ports that it has, or will have once it has started. */
    int[] ports() {
        return new int[] {port, controllerPort};
    }

    /** The value of {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return Ports.LOOPBACK + ":" + port;
    }

    /**
     * Waits until the broker takes requests.
     *
     * @throws EmbeddedException if it doesn't start
     */
    public void awaitStarted() {
        try {
            server.join();
        } catch (CompletionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new EmbeddedException(String.valueOf(cause.getMessage()), cause);
        }
    }

    /** Stops in order, also while it still starts, and waits for it; a second call does nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        Thread cleaner = cleaning;
        if (cleaner != null) {
            cleaner.interrupt();
        }
        stop();
    }

    /** Settles, once it has started, what was left open when it was killed. */
    private void clean() {
        cleaning = HangingTransactions.end(bootstrapServers(), this::restart);
    }

    /** Stops in order and begins to start again, on the same ports; does nothing once it is closed. */
    synchronized void restart() {
        if (!closed) {
            stop();
            server = begin();
        }
    }

    private void stop() {
        server.handle((started, failure) -> started)
                .thenAccept(started -> {
                    if (started != null) {
                        started.shutdown();
                        started.awaitShutdown();
                    }
                })
                .join();
    }

    /** The options of a broker. Not thread-safe. */
    public static final class Builder {

        private final BrokerDirectory directory;
        private final Properties overrides = new Properties();
        private int port;

        private Builder(Path directory) {
            this.directory = new BrokerDirectory(directory);
        }

        /** The clients' port; 0, the default, takes a free one. */
        public Builder port(int chosen) {
            port = chosen;
            return this;
        }

        /**
         * The shortest record lock that share groups may choose, and their default.
         *
         * @param minimum 15 s unless called; tests want less
         * @param standard 30 s unless called
         * @param maximum 60 s unless called
         */
        public Builder shareLocks(Duration minimum, Duration standard, Duration maximum) {
            property("group.share.min.record.lock.duration.ms", Long.toString(minimum.toMillis()));
            property("group.share.record.lock.duration.ms", Long.toString(standard.toMillis()));
            return property("group.share.max.record.lock.duration.ms", Long.toString(maximum.toMillis()));
        }

        /** Sets any broker property; the last value wins, also over our own. */
        public Builder property(String name, String value) {
            overrides.setProperty(name, value);
            return this;
        }

        /**
         * Starts the broker and waits until it takes requests.
         *
         * @throws EmbeddedException if the directory or port can't be used, or the broker doesn't start
         */
        public EmbeddedBroker start() {
            EmbeddedBroker broker = begin();
            broker.awaitStarted();
            return broker;
        }

        /**
         * Begins to start the broker in the background; see {@link EmbeddedBroker#awaitStarted}.
         *
         * @throws EmbeddedException if the directory or port can't be used
         */
        public EmbeddedBroker begin() {
            int clients = Ports.claim("broker", port);
            boolean wasKilled = directory.wasKilled();
            directory.prepare();
            int controller = Ports.claim("controller", 0, clients);
            Properties properties = BrokerProperties.of(directory, wasKilled, clients, controller);
            properties.putAll(overrides);
            BrokerEnd.announce(directory.path());
            EmbeddedBroker broker = new EmbeddedBroker(clients, controller, () -> run(properties));
            if (wasKilled) {
                broker.server.thenRun(broker::clean);
            }
            return broker;
        }

        private KafkaRaftServer run(Properties properties) {
            KafkaRaftServer server = null;
            try {
                server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
                server.startup();
                return server;
            } catch (RuntimeException e) {
                if (server != null) {
                    server.shutdown();
                }
                throw new EmbeddedException(
                        "the broker in " + directory.path() + " does not start: " + e.getMessage(), e);
            }
        }
    }
}
