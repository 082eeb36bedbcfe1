package dev.galatea.workqueue;

import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The record that a message came from, and its lock. A metadata of every message of the connector, which methods can
 * take as a parameter beside the payload. Thread-safe.
 */
public interface WorkQueueMetadata {

    /** The channel that the message came through. */
    String channel();

    /** The consumer group that the record was taken in. */
    String group();

    /** The record as the Kafka client gave it. */
    ConsumerRecord<byte[], byte[]> record();

    /** The topic of the record. */
    default String topic() {
        return record().topic();
    }

    /** The partition of the record. */
    default int partition() {
        return record().partition();
    }

    /** The offset of the record in its partition. */
    default long offset() {
        return record().offset();
    }

    /** The key of the record. */
    default byte @Nullable [] key() {
        return record().key();
    }

    /** The value of the record. */
    default byte @Nullable [] value() {
        return record().value();
    }

    /** The headers of the record; the last one of each name. */
    Map<String, byte[]> headers();

    /** Returns the delivery's number, from 1; a classic group counts only deliveries to this process. */
    int deliveryCount();

    /**
     * Says whether the work should be given back at the next chance, by a negative acknowledgement that the channel's
     * failure strategy releases: the application shuts down, or the lock is lost and another worker has the record.
     */
    boolean shouldRelease();
}
