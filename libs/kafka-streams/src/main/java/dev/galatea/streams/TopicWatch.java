package dev.galatea.streams;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;

/**
 * Notices what happens to topics while an application runs, and what it does not tell itself: they get partitions
 * (Kafka Streams looks every five minutes; a global store does not look at all, and misses what is written there), they
 * are deleted, a transaction stays open in them, behind which nothing is read, or its own offsets stay undecided.
 * Thread-safe.
 */
final class TopicWatch implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final int LOOKS = 5;

    private final Properties properties;
    private final Set<String> topics;
    private final boolean commits;
    private final Clock clock;
    private final OpenTransactions transactions = new OpenTransactions(System::nanoTime);
    private @Nullable Admin admin;
    private @Nullable Map<String, Integer> known;
    private @Nullable Instant undecidedSince;

    /**
     * @param properties of the application's clients
     * @param topics those that it reads and writes; none are watched if it names none
     * @param commits whether it has offsets of its own; a copy has none, and no right to ask for them
     * @param clock for how long something has been so
     */
    TopicWatch(Properties properties, Set<String> topics, boolean commits, Clock clock) {
        this.properties = properties;
        this.commits = commits;
        this.clock = clock;
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
                ? openTransactions(now.get()).or(this::undecidedOffsets).orElse(null)
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

    /**
     * Says that the broker takes the group's offsets for undecided, for which Kafka Streams waits before it reads
     * anything (KIP-447).
     */
    private Optional<String> undecidedOffsets() {
        Object group = properties.get(StreamsConfig.APPLICATION_ID_CONFIG);
        if (!commits || group == null || !isUndecided(group.toString())) {
            undecidedSince = null;
            return Optional.empty();
        }
        Instant now = clock.instant();
        Instant since = undecidedSince == null ? now : undecidedSince;
        undecidedSince = since;
        return Duration.between(since, now).compareTo(OpenTransactions.LONGEST) < 0
                ? Optional.empty()
                : Optional.of("the offsets of the group " + group + " are undecided since " + since + ", and nothing is"
                        + " read: 'When something is wrong' in docs/operations.md says what to do");
    }

    /** While a group works, some of its offsets are undecided at any moment, but not the whole time. */
    private boolean isUndecided(String group) {
        for (int look = 0; look < LOOKS; look++) {
            Optional<Boolean> decided = answered(() -> committed(group, true).containsAll(committed(group, false)));
            if (decided.orElse(true)) {
                return false;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        return true;
    }

    /** The partitions of which a group has offsets; without the undecided ones if they are to be stable. */
    private Set<TopicPartition> committed(String group, boolean stable)
            throws ExecutionException, InterruptedException, TimeoutException {
        ListConsumerGroupOffsetsOptions options = new ListConsumerGroupOffsetsOptions().requireStable(stable);
        return wait(admin().listConsumerGroupOffsets(group, options).partitionsToOffsetAndMetadata())
                .keySet();
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
