package dev.galatea.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;

/**
 * The real Apache Kafka server in this process: one KRaft node, plain text, on the loopback address only. Its data stay
 * in a directory between runs, also after the process was killed. Thread-safe; one broker per directory.
 */
public final class EmbeddedBroker implements AutoCloseable {

    private final KafkaRaftServer server;
    private final int port;
    private boolean closed;

    private EmbeddedBroker(KafkaRaftServer server, int port) {
        this.server = server;
        this.port = port;
    }

    /** Describes a broker whose data lie in {@code directory}, which is created and formatted on first use. */
    public static Builder builder(Path directory) {
        return new Builder(directory);
    }

    /** The port that clients use. */
    public int port() {
        return port;
    }

    /** The value of {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return Ports.LOOPBACK + ":" + port;
    }

    /** Stops in order and waits for it; a second call does nothing. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            server.shutdown();
            server.awaitShutdown();
        }
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
            int clients = Ports.claim("broker", port);
            boolean wasKilled = directory.wasKilled();
            directory.prepare();
            int controller = Ports.claim("controller", 0, clients);
            Properties properties = BrokerProperties.of(directory, wasKilled, clients, controller);
            properties.putAll(overrides);
            BrokerEnd.announce(directory.path());
            KafkaRaftServer server = null;
            try {
                server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
                server.startup();
                return new EmbeddedBroker(server, clients);
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
