package dev.galatea.streams;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Notices that topics get partitions while an application runs. Kafka Streams looks every five minutes; a global store
 * does not look at all, and misses what is written there. Thread-safe.
 */
final class PartitionWatch implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Properties properties;
    private final Set<String> topics;
    private @Nullable Admin admin;
    private @Nullable Map<String, Integer> known;

    /**
     * @param properties of the application's clients
     * @param topics those that it reads and writes; none are watched if it names none
     */
    PartitionWatch(Properties properties, Set<String> topics) {
        this.properties = properties;
        this.topics = Set.copyOf(topics);
    }

    /** Takes the numbers of partitions as those that an instance begins with. */
    synchronized void begin() {
        known = ask().orElse(null);
    }

    /** Says how the numbers of partitions differ from those at the beginning; empty if they don't, or nobody knows. */
    synchronized Optional<String> difference() {
        Map<String, Integer> now = ask().orElse(null);
        Map<String, Integer> before = known;
        if (now == null || before == null) {
            known = before == null ? now : before;
            return Optional.empty();
        }
        String changed = now.entrySet().stream()
                .filter(topic -> !topic.getValue().equals(before.get(topic.getKey())))
                .map(topic -> topic.getKey() + " has " + topic.getValue() + " partitions and had "
                        + before.get(topic.getKey()))
                .collect(Collectors.joining(", "));
        return changed.isEmpty() ? Optional.empty() : Optional.of(changed);
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
            admin = null;
        }
    }

    private Optional<Map<String, Integer>> ask() {
        if (topics.isEmpty()) {
            return Optional.empty();
        }
        try {
            Map<String, Integer> counts = new TreeMap<>();
            admin().describeTopics(topics)
                    .allTopicNames()
                    .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .forEach(
                            (name, topic) -> counts.put(name, topic.partitions().size()));
            return Optional.of(counts);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            // Whether the broker answers is told by others.
            return Optional.empty();
        }
    }

    private Admin admin() {
        Admin open = admin;
        if (open == null) {
            Properties ours = new Properties();
            for (String name : AdminClientConfig.configNames()) {
                if (properties.containsKey(name)) {
                    ours.put(name, properties.get(name));
                }
            }
            open = Admin.create(ours);
            admin = open;
        }
        return open;
    }
}
