package dev.galatea.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;

/**
 * A broker beside the deployment's own, so that partitions have somewhere to go: Kafka's own server, formatted by its
 * own tool, in a process. Not thread-safe.
 */
final class SecondBroker implements AutoCloseable {

    static final int FIRST = 1;
    static final int SECOND = 2;

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final long LOOK_AGAIN_MS = 200;

    private final Admin admin;
    private final Process process;

    private SecondBroker(Admin admin, Process process) {
        this.admin = admin;
        this.process = process;
    }

    /** Starts it, and waits until the controller knows it. */
    static SecondBroker start(DrillSettings settings, Deployment deployment) throws Exception {
        Path directory = Files.createDirectories(settings.directory().resolve("broker-2"));
        Admin admin = Admin.create(Map.of("bootstrap.servers", deployment.bootstrapServers()));
        Path properties = directory.resolve("server.properties");
        try (var writer = Files.newBufferedWriter(properties)) {
            properties(deployment, directory.resolve("logs")).store(writer, null);
        }
        String cluster = admin.describeCluster().clusterId().get();
        if (!Files.exists(directory.resolve("logs/meta.properties"))) {
            Process format = run(
                    settings,
                    directory,
                    "kafka.tools.StorageTool",
                    "format",
                    "-t",
                    cluster,
                    "-c",
                    properties.toString());
            if (format.waitFor() != 0) {
                throw new IOException("the second broker's directory can't be formatted; see " + directory);
            }
        }
        SecondBroker broker = new SecondBroker(admin, run(settings, directory, "kafka.Kafka", properties.toString()));
        broker.await("the second broker", () -> admin.describeCluster().nodes().get().stream()
                .anyMatch(node -> node.id() == SECOND));
        return broker;
    }

    private static Properties properties(Deployment deployment, Path logs) {
        String address = "PLAINTEXT://127.0.0.1:" + deployment.secondBrokerPort();
        Properties properties = new Properties();
        properties.setProperty("process.roles", "broker");
        properties.setProperty("node.id", Integer.toString(SECOND));
        properties.setProperty("controller.quorum.voters", FIRST + "@127.0.0.1:" + deployment.controllerPort());
        properties.setProperty("controller.listener.names", "CONTROLLER");
        properties.setProperty("listeners", address);
        properties.setProperty("advertised.listeners", address);
        properties.setProperty("inter.broker.listener.name", "PLAINTEXT");
        properties.setProperty("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.setProperty("log.dirs", logs.toString());
        properties.setProperty("log.index.size.max.bytes", Integer.toString(1 << 20));
        properties.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
        deployment.brokerProperties().forEach(properties::setProperty);
        return properties;
    }

    private static Process run(DrillSettings settings, Path directory, String... main) throws IOException {
        Path jar = settings.root().resolve("libs/embedded/target/galatea-embedded-0.1.0-SNAPSHOT.jar");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx384m", "-cp", jar.toString()));
        command.addAll(List.of(main));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("broker-2.log").toFile()))
                .start();
    }

    /** Moves every partition with its leadership to one broker, and waits until it is there. */
    int moveAll(int broker) throws Exception {
        Map<TopicPartition, Optional<NewPartitionReassignment>> moves = new HashMap<>();
        for (TopicPartition partition : partitions()) {
            moves.put(partition, Optional.of(new NewPartitionReassignment(List.of(broker))));
        }
        admin.alterPartitionReassignments(moves).all().get();
        await(
                "the partitions at broker " + broker,
                () -> admin.listPartitionReassignments().reassignments().get().isEmpty()
                        && descriptions().values().stream()
                                .flatMap(topic -> topic.partitions().stream())
                                .allMatch(partition -> partition.leader() != null
                                        && partition.leader().id() == broker));
        return moves.size();
    }

    private List<TopicPartition> partitions() throws ExecutionException, InterruptedException {
        List<TopicPartition> partitions = new ArrayList<>();
        descriptions().forEach((name, topic) -> topic.partitions()
                .forEach(partition -> partitions.add(new TopicPartition(name, partition.partition()))));
        return partitions;
    }

    private Map<String, TopicDescription> descriptions() throws ExecutionException, InterruptedException {
        Set<String> names = admin.listTopics(new ListTopicsOptions().listInternal(true))
                .names()
                .get();
        return admin.describeTopics(names).allTopicNames().get();
    }

    /** Something that the cluster has to come to. */
    @FunctionalInterface
    private interface Condition {

        boolean holds() throws ExecutionException, InterruptedException;
    }

    private void await(String what, Condition condition) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        String last = "";
        while (System.nanoTime() < deadline) {
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (ExecutionException e) {
                last = ": " + e.getCause(); // While leaders move, some requests find none.
            }
            Thread.sleep(LOOK_AGAIN_MS);
        }
        throw new DrillException("no " + what + " within " + LIMIT + last);
    }

    /** Stops it and has the cluster forget it; its partitions must have moved away. */
    @Override
    public void close() throws Exception {
        try (admin) {
            process.destroy();
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            admin.unregisterBroker(SECOND).all().get();
        }
    }
}
