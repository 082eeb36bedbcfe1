package dev.galatea.jobtracking.topology;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;

/**
 * Asks the broker, once. Unequal numbers are refused, because a job's events would meet in different tasks and the job
 * would never end. Thread-safe.
 */
final class KafkaPartitions implements Partitions {

    private static final int TIMEOUT_SECONDS = 30;

    private final Map<String, Object> clientConfig;
    private int known;

    KafkaPartitions(Map<String, Object> clientConfig) {
        this.clientConfig = clientConfig;
    }

    @Override
    public synchronized int count() {
        if (known == 0) {
            known = ask();
        }
        return known;
    }

    private int ask() {
        try (Admin admin = Admin.create(clientConfig)) {
            Map<String, Integer> counts = new TreeMap<>();
            Map<String, TopicDescription> topics = admin.describeTopics(Arrays.asList(TrackingTopology.inputTopics()))
                    .allTopicNames()
                    .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            topics.forEach((name, topic) -> counts.put(name, topic.partitions().size()));
            if (counts.values().stream().distinct().count() != 1) {
                throw new IllegalStateException("topics must have equal numbers of partitions, but have " + counts);
            }
            return counts.values().iterator().next();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking for partitions", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the broker didn't say how many partitions the topics have", e);
        }
    }
}
