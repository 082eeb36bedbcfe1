package dev.galatea.jobtracking.topology;

import java.util.Map;
import java.util.Objects;

import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

/** The properties of the broker's topics that the topology depends on. Immutable. */
class TopicLayout {

    private final int partitions;
    private final Map<String, Integer> maxRecordBytes;

    /**
     * Creates a layout.
     *
     * @param partitions number of partitions of each topic
     * @param maxRecordBytes by topic: the longest record that it takes
     */
    TopicLayout(int partitions, Map<String, Integer> maxRecordBytes) {
        this.partitions = partitions;
        this.maxRecordBytes = Map.copyOf(maxRecordBytes);
    }

    /** Returns the length of the longest record that a topic takes. */
    int maxRecordBytes(String topic) {
        return Objects.requireNonNull(maxRecordBytes.get(topic), topic);
    }

    /** Returns the partition that all records of a job belong to, as Kafka's own partitioner chooses it. */
    int partitionOf(byte[] key) {
        return BuiltInPartitioner.partitionForKey(key, partitions);
    }
}
