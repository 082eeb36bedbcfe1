package dev.galatea.workqueue;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A record that a slot holds. The poll thread takes it back by {@link #giveBack()}; the work asks between its steps.
 */
final class HeldRecord {

    private final ConsumerRecord<byte[], byte[]> record;
    private final int deliveryCount;
    private volatile boolean shouldRelease;
    private volatile @Nullable Long lockedUntil;

    /** A record that stays with this worker until the broker takes it away. */
    HeldRecord(ConsumerRecord<byte[], byte[]> record, int deliveryCount) {
        this.record = record;
        this.deliveryCount = deliveryCount;
    }

    ConsumerRecord<byte[], byte[]> record() {
        return record;
    }

    int deliveryCount() {
        return deliveryCount;
    }

    /**
     * Says that the lock holds until {@code lock} after {@code since}, a time of {@link System#nanoTime()}. After that
     * the work is asked to stop even if the poll thread has not noticed yet: a process that slept longer wakes up with
     * all its threads at once, and must not go on with what another worker has by then.
     */
    void lockedFor(long since, Duration lock) {
        lockedUntil = since + lock.toNanos();
    }

    /** Says whether the lock holds for this time without being renewed. */
    boolean isLockedFor(Duration time) {
        Long until = lockedUntil;
        return until != null && until - System.nanoTime() >= time.toNanos();
    }

    /** The record's place in the queue: the same when it is delivered again. */
    Position position() {
        return new Position(new TopicPartition(record.topic(), record.partition()), record.offset());
    }

    /** The place of a record. */
    record Position(TopicPartition partition, long offset) {}

    /** Asks the work to stop at its next step boundary. */
    void giveBack() {
        shouldRelease = true;
    }

    boolean shouldRelease() {
        Long until = lockedUntil;
        return shouldRelease || (until != null && System.nanoTime() - until > 0);
    }

    /** The record as messages carry it. */
    WorkQueueMetadata metadata(String channel, String group) {
        return new Metadata(this, channel, group);
    }

    /** Describes the record for logs by place and delivery count, never by its content. */
    @Override
    public String toString() {
        return record.topic() + "-" + record.partition() + "@" + record.offset() + " delivery=" + deliveryCount;
    }

    private record Metadata(HeldRecord held, String channel, String group) implements WorkQueueMetadata {

        @Override
        public ConsumerRecord<byte[], byte[]> record() {
            return held.record;
        }

        @Override
        public Map<String, byte[]> headers() {
            Map<String, byte[]> headers = new LinkedHashMap<>();
            for (Header header : held.record.headers()) {
                headers.put(header.key(), header.value());
            }
            return headers;
        }

        @Override
        public int deliveryCount() {
            return held.deliveryCount;
        }

        @Override
        public boolean shouldRelease() {
            return held.shouldRelease();
        }

        @Override
        public String toString() {
            return held.toString();
        }
    }
}
