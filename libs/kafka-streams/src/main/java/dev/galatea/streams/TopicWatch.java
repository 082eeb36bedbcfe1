package dev.galatea.streams;

import java.time.Duration;
import java.util.HashMap;
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
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Notices what happens to topics while an application runs, and what it does not tell itself: they get partitions
 * (Kafka Streams looks every five minutes; a global store does not look at all, and misses what is written there), they
 * are deleted, or a transaction stays open in them, behind which nothing is read. Thread-safe.
 */
final class TopicWatch implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Properties properties;
    private final Set<String> topics;
    private final OpenTransactions transactions = new OpenTransactions(System::nanoTime);
    private @Nullable Admin admin;
    private @Nullable Map<String, Integer> known;

    /**
     * @param properties of the application's clients
     * @param topics those that it reads and writes; none are watched if it names none
     */
    TopicWatch(Properties properties, Set<String> topics) {
        this.properties = properties;
        this.topics = Set.copyOf(topics);
    }

    /**
     * How the topics are.
     *
     * @param difference of the numbers of partitions from those at the beginning; null if there is none
     * @param obstacle what keeps the application from reading; null if nothing does
     */
    record Observation(
            @Nullable String difference, @Nullable String obstacle) {

        private static final Observation NOTHING = new Observation(null, null);
    }

    /** Takes the numbers of partitions as those that an instance begins with. */
    synchronized void begin() {
        known = ask().orElse(null);
    }

    /** Looks at the topics; empty if the broker does not answer, so that nobody knows. */
    synchronized Optional<Observation> look() {
        Map<String, Integer> before = known;
        Optional<Map<String, Integer>> now = ask();
        if (now.isEmpty() || before == null) {
            known = before == null ? now.orElse(null) : before;
            return now.map(counts -> Observation.NOTHING);
        }
        String missing = before.keySet().stream()
                .filter(topic -> !now.get().containsKey(topic))
                .map(topic -> topic + " is missing")
                .collect(Collectors.joining(", "));
        String changed = now.get().entrySet().stream()
                .filter(topic -> before.containsKey(topic.getKey()))
                .filter(topic -> !topic.getValue().equals(before.get(topic.getKey())))
                .map(topic -> topic.getKey() + " has " + topic.getValue() + " partitions and had "
                        + before.get(topic.getKey()))
                .collect(Collectors.joining(", "));
        String obstacle = missing.isEmpty()
                ? openTransactions(now.get()).orElse(null)
                : missing + "; was the topic deleted? Provision it again, and restart the services";
        return Optional.of(new Observation(changed.isEmpty() ? null : changed, obstacle));
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
            admin = null;
        }
    }

    /** The number of partitions of each topic that there is. */
    private Optional<Map<String, Integer>> ask() {
        if (topics.isEmpty()) {
            return Optional.empty();
        }
        return answered(() -> {
            Map<String, Integer> counts = new TreeMap<>();
            for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
                    admin().describeTopics(topics).topicNameValues().entrySet()) {
                try {
                    counts.put(
                            topic.getKey(), wait(topic.getValue()).partitions().size());
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                        throw e;
                    }
                }
            }
            return counts;
        });
    }

    private Optional<String> openTransactions(Map<String, Integer> counts) {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        counts.forEach((topic, count) -> {
            for (int partition = 0; partition < count; partition++) {
                latest.put(new TopicPartition(topic, partition), OffsetSpec.latest());
            }
        });
        return answered(() -> transactions.stuck(
                        offsets(latest, IsolationLevel.READ_COMMITTED),
                        offsets(latest, IsolationLevel.READ_UNCOMMITTED)))
                .flatMap(stuck -> stuck);
    }

    private Map<TopicPartition, Long> offsets(Map<TopicPartition, OffsetSpec> asked, IsolationLevel isolation)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        wait(admin().listOffsets(asked, new ListOffsetsOptions(isolation)).all())
                .forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    private static <T> T wait(KafkaFuture<T> future) throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The answer to a question; empty if there is none. Whether the broker answers is told by others. */
    private static <T> Optional<T> answered(Question<T> question) {
        try {
            return Optional.of(question.ask());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException | TimeoutException | KafkaException e) {
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

    @FunctionalInterface
    private interface Question<T> {

        T ask() throws ExecutionException, InterruptedException, TimeoutException;
    }
}
