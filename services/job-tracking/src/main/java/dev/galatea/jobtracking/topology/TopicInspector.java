package dev.galatea.jobtracking.topology;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

import dev.galatea.streams.TopicsUnfitException;

/**
 * Asks the broker about the topics, once. Unequal numbers of partitions are refused, because a job's events would meet
 * in different tasks and the job would never end. Thread-safe.
 */
final class TopicInspector implements Supplier<TopicLayout> {

    private static final int TIMEOUT_SECONDS = 30;

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
            requireOutputs(admin);
            return new TopicLayout(partitions(admin), maxRecordBytes(admin));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking about topics", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the broker didn't answer about the topics", e);
        }
    }

    private void requireOutputs(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        admin.describeTopics(topics.outputs()).allTopicNames().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    private int partitions(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        Map<String, Integer> counts = new TreeMap<>();
        admin.describeTopics(topics.inputs())
                .allTopicNames()
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .forEach((name, topic) -> counts.put(name, topic.partitions().size()));
        if (counts.values().stream().distinct().count() != 1) {
            throw new TopicsUnfitException("topics must have equal numbers of partitions, but have " + counts);
        }
        return counts.values().iterator().next();
    }

    private Map<String, Integer> maxRecordBytes(Admin admin)
            throws InterruptedException, ExecutionException, TimeoutException {
        List<ConfigResource> resources = topics.all().stream()
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
