package dev.galatea.jobtracking.topology;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

import dev.galatea.streams.TopicsUnfitException;

/**
 * Asks the broker about the topics, once, and makes job-tracking's own. Unequal numbers of partitions are refused,
 * because a job's events would meet in different tasks and the job would never end. Thread-safe.
 */
final class TopicInspector implements Supplier<TopicLayout> {

    private static final int TIMEOUT_SECONDS = 30;

    /** That of the queues whose records it holds. */
    private static final Duration RETENTION = Duration.ofDays(7);

    /** Of {@link Handover#ORIGIN}, more than it takes. */
    private static final int HEADER_BYTES = 1024;

    private final Map<String, Object> clientConfig;
    private final TrackedTopics topics;
    private @Nullable TopicLayout known;

    TopicInspector(Map<String, Object> clientConfig, TrackedTopics topics) {
        this.clientConfig = clientConfig;
        this.topics = topics;
    }

    @Override
    public synchronized TopicLayout get() {
        TopicLayout layout = known;
        if (layout == null) {
            layout = ask();
            known = layout;
        }
        return layout;
    }

    private TopicLayout ask() {
        try (Admin admin = Admin.create(clientConfig)) {
            Map<String, Integer> counts = partitions(admin);
            int partitions = requireJoined(counts);
            Map<String, Integer> maxRecordBytes = maxRecordBytes(admin, counts.keySet());
            if (!counts.containsKey(topics.handovers())) {
                maxRecordBytes.put(topics.handovers(), create(admin, partitions, maxRecordBytes));
            }
            return new TopicLayout(partitions, maxRecordBytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking about topics", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the broker didn't answer about the topics", e);
        }
    }

    /** Numbers of partitions; our own topic may be missing, all others must be there. */
    private Map<String, Integer> partitions(Admin admin)
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<String, Integer> counts = new TreeMap<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
                admin.describeTopics(topics.all()).topicNameValues().entrySet()) {
            try {
                TopicDescription description = topic.getValue().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
                counts.put(topic.getKey(), description.partitions().size());
            } catch (ExecutionException e) {
                boolean missing = e.getCause() instanceof UnknownTopicOrPartitionException;
                if (!missing || !topic.getKey().equals(topics.handovers())) {
                    throw e;
                }
            }
        }
        return counts;
    }

    private int requireJoined(Map<String, Integer> counts) {
        Map<String, Integer> joined = new TreeMap<>(counts);
        joined.keySet().retainAll(topics.joined());
        if (joined.values().stream().distinct().count() != 1) {
            throw new TopicsUnfitException("topics must have equal numbers of partitions, but have " + joined);
        }
        int partitions = joined.values().iterator().next();
        Map<String, Integer> queues = new TreeMap<>(counts);
        queues.keySet().retainAll(topics.queues());
        if (queues.values().stream().anyMatch(count -> count > partitions)) {
            throw new TopicsUnfitException("work queues must not have more partitions than other topics, " + partitions
                    + ", but have " + queues);
        }
        return partitions;
    }

    /** Returns the longest record that the new topic takes: those of all queues, with a header more. */
    private int create(Admin admin, int partitions, Map<String, Integer> maxRecordBytes)
            throws InterruptedException, ExecutionException, TimeoutException {
        int longest =
                topics.queues().stream().mapToInt(maxRecordBytes::get).max().orElseThrow() + HEADER_BYTES;
        NewTopic topic = new NewTopic(topics.handovers(), Optional.of(partitions), Optional.empty())
                .configs(Map.of(
                        TopicConfig.RETENTION_MS_CONFIG,
                        Long.toString(RETENTION.toMillis()),
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        Integer.toString(longest)));
        try {
            admin.createTopics(List.of(topic)).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            // Another replica may have been faster.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
        return longest;
    }

    private static Map<String, Integer> maxRecordBytes(Admin admin, Set<String> topics)
            throws InterruptedException, ExecutionException, TimeoutException {
        List<ConfigResource> resources = topics.stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        Map<String, Integer> limits = new TreeMap<>();
        for (Map.Entry<ConfigResource, Config> topic : admin.describeConfigs(resources)
                .all()
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .entrySet()) {
            String limit =
                    topic.getValue().get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value();
            limits.put(topic.getKey().name(), Integer.parseInt(limit));
        }
        return limits;
    }
}
