package dev.galatea.embedded;

import java.util.List;
import java.util.Properties;

/** The server properties of a broker that is alone, small, and quick to start. */
final class BrokerProperties {

    private static final int MEBIBYTE = 1 << 20;

    private BrokerProperties() {}

    /**
     * The properties of one run.
     *
     * @param wasKilled true if the last broker in the directory did not stop in order
     */
    static Properties of(BrokerDirectory directory, boolean wasKilled, int clients, int controller) {
        Properties properties = new Properties();
        identity(properties, directory, clients, controller);
        alone(properties);
        small(properties);
        session(properties, wasKilled);
        return properties;
    }

    /**
     * The time for which the controller takes a silent broker for alive. The only broker must not be given up because
     * the machine is busy: its coordinators then load their state over and over, and groups may wait for minutes for an
     * answer that is lost meanwhile. But a killed one seems alive to the next controller, which refuses our broker
     * until its session ends; so it has Kafka's usual time.
     */
    private static void session(Properties properties, boolean wasKilled) {
        properties.setProperty("broker.session.timeout.ms", wasKilled ? "9000" : "60000");
        properties.setProperty("broker.heartbeat.interval.ms", wasKilled ? "1000" : "2000");
    }

    private static void identity(Properties properties, BrokerDirectory directory, int clients, int controller) {
        String clientListener = "PLAINTEXT://" + Ports.LOOPBACK + ":" + clients;
        String name = BrokerDirectory.CONTROLLER_LISTENER;
        properties.setProperty("process.roles", "broker,controller");
        properties.setProperty("node.id", Integer.toString(BrokerDirectory.NODE_ID));
        properties.setProperty(
                "controller.quorum.voters", BrokerDirectory.NODE_ID + "@" + Ports.LOOPBACK + ":" + controller);
        properties.setProperty("listeners", clientListener + "," + name + "://" + Ports.LOOPBACK + ":" + controller);
        properties.setProperty("advertised.listeners", clientListener);
        properties.setProperty("controller.listener.names", name);
        properties.setProperty("inter.broker.listener.name", "PLAINTEXT");
        properties.setProperty("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT," + name + ":PLAINTEXT");
        properties.setProperty("log.dirs", directory.path().toString());
    }

    private static void alone(Properties properties) {
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            properties.setProperty(topic + ".replication.factor", "1");
            properties.setProperty(topic + ".num.partitions", "4");
        }
        properties.setProperty("transaction.state.log.min.isr", "1");
        // A producer that hangs keeps everybody from reading what comes after its open transaction.
        properties.setProperty("transaction.max.timeout.ms", "120000");
        properties.setProperty("share.coordinator.state.topic.min.isr", "1");
        properties.setProperty("group.initial.rebalance.delay.ms", "0");
        properties.setProperty("auto.create.topics.enable", "false");
        // Groups may choose to give up a dead member, and with it its partitions, sooner than after 45 s.
        properties.setProperty("group.share.min.session.timeout.ms", "3000");
        properties.setProperty("group.share.min.heartbeat.interval.ms", "500");
        // There are few members and one controller: nothing is gained by waiting for more before work begins.
        properties.setProperty("group.share.min.assignment.interval.ms", "0");
        properties.setProperty("group.share.assignment.interval.ms", "0");
        properties.setProperty("controller.quorum.append.linger.ms", "0");
    }

    private static void small(Properties properties) {
        properties.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(8 * MEBIBYTE));
        properties.setProperty("log.index.size.max.bytes", Integer.toString(MEBIBYTE));
        properties.setProperty("log.segment.bytes", Integer.toString(256 * MEBIBYTE));
        properties.setProperty("num.network.threads", "2");
        properties.setProperty("num.io.threads", "4");
        properties.setProperty("background.threads", "2");
        // Nobody reads the broker's JMX beans here, and registering them costs start-up time.
        properties.setProperty("metric.reporters", "");
    }
}
