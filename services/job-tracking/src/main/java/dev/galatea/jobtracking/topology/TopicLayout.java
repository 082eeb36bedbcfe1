package dev.galatea.jobtracking.topology;

import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

/** The properties of the broker's topics that the topology depends on. Immutable. */
class TopicLayout {

    private final int partitions;
    private final int maxRecordBytes;

    /**
     * Creates a layout.
     *
     * @param partitions number of partitions of each topic
     * @param maxRecordBytes the longest record that all topics take
     */
    TopicLayout(int partitions, int maxRecordBytes) {
        this.partitions = partitions;
        this.maxRecordBytes = maxRecordBytes;
    }

    int maxRecordBytes() {
        return maxRecordBytes;
    }

    /** Returns the partition that all records of a job belong to, as Kafka's own partitioner chooses it. */
    int partitionOf(byte[] key) {
        return BuiltInPartitioner.partitionForKey(key, partitions);
    }
}
