package dev.galatea.events;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.record.TimestampType;

import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Pool;
import dev.galatea.model.pipeline.Pipeline;

/**
 * Every topic of the system as it should be; {@code deploy/asyncapi.yaml} says the same. A pool's topics are like those
 * of the default pool.
 */
final class TopicDefinitions {

    private static final Duration DEAD_LETTERS = Duration.ofDays(30);

    /** Bytes for headers and the record's frame beside the payload. */
    private static final int OVERHEAD_BYTES = 64 * 1024;

    /**
     * The broker's own limit, which is also one for batches. Clients of librdkafka pack up to a million bytes of short
     * events into a batch, and don't divide one that is refused. What a single event may have is held at decoding.
     */
    private static final int BATCH_BYTES = 1_048_588;

    /** Limit above those of all other topics: a dead letter is a whole record and more headers, of any topic. */
    static final int MAX_DEAD_LETTER_BYTES = 16 << 20;

    private TopicDefinitions() {}

    /**
     * Lists the topics of a deployment.
     *
     * @param partitions of each topic that is no work queue
     * @param queuePartitions of each work queue
     * @param pools those that have topics of their own, and the default one
     */
    static List<NewTopic> all(int partitions, int queuePartitions, short replicationFactor, Collection<Pool> pools) {
        List<NewTopic> topics = new ArrayList<>();
        for (EventType type : EventType.values()) {
            int count = Pipeline.current().isQueue(type) ? queuePartitions : partitions;
            for (String name : Pipeline.current().topicsOf(type, pools)) {
                topics.add(topic(name, count, replicationFactor).configs(configs(type)));
            }
        }
        topics.add(topic(EventType.DEAD_LETTER_TOPIC, partitions, replicationFactor)
                .configs(deleting(DEAD_LETTERS, MAX_DEAD_LETTER_BYTES)));
        return topics;
    }

    private static NewTopic topic(String name, int partitions, short replicationFactor) {
        Optional<Short> copies = replicationFactor < 0 ? Optional.empty() : Optional.of(replicationFactor);
        return new NewTopic(name, Optional.of(partitions), copies);
    }

    private static Map<String, String> configs(EventType type) {
        if (type != EventType.PROMPT_SUBMITTED) {
            return configsOf(type);
        }
        // Anybody's clock would decide on places in the queue and on when the broker removes the record.
        Map<String, String> withTime = new HashMap<>(configsOf(type));
        withTime.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, TimestampType.LOG_APPEND_TIME.toString());
        return withTime;
    }

    private static Map<String, String> configsOf(EventType type) {
        int maxBytes = Math.max(type.maxPayloadBytes() + OVERHEAD_BYTES, BATCH_BYTES);
        return type.retention()
                .time()
                .map(time -> deleting(time, maxBytes))
                .orElseGet(() -> Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT,
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        Integer.toString(maxBytes)));
    }

    private static Map<String, String> deleting(Duration retention, int maxBytes) {
        return Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_DELETE,
                TopicConfig.RETENTION_MS_CONFIG,
                Long.toString(retention.toMillis()),
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                Integer.toString(maxBytes));
    }
}
