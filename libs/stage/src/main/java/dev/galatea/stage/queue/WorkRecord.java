package dev.galatea.stage.queue;

import java.time.Duration;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import dev.galatea.events.ReceivedRecord;

/** A record that a slot holds. The poll thread takes it back by {@link #giveBack()}; the worker sees it between steps. */
final class WorkRecord extends ReceivedRecord implements WorkItem {

    private final int deliveryCount;
    private volatile boolean shouldRelease;
    private volatile @Nullable Long lockedUntil;

    /** A record that stays with this worker until the broker takes it away. */
    WorkRecord(ConsumerRecord<byte[], byte[]> record, int deliveryCount) {
        super(record);
        this.deliveryCount = deliveryCount;
    }

    /**
     * The lock holds until {@code lock} after {@code since}, a time of {@link System#nanoTime()}. After that the handler is
     * asked to stop even if the poll thread has not noticed yet: a process that slept longer wakes up with all its threads
     * at once, and must not go on with what another worker has by then.
     */
    void lockedFor(long since, Duration lock) {
        lockedUntil = since + lock.toNanos();
    }

    /** Whether the lock will hold for so long without being renewed. */
    boolean isLockedFor(Duration time) {
        Long until = lockedUntil;
        return until != null && until - System.nanoTime() >= time.toNanos();
    }

    /** What is the same when the record is delivered again. */
    Position position() {
        return new Position(new TopicPartition(topic(), partition()), offset());
    }

    /** A record's place in the queue. */
    record Position(TopicPartition partition, long offset) {}

    /** Asks the handler to stop at the next step boundary. */
    void giveBack() {
        shouldRelease = true;
    }

    @Override
    public boolean shouldRelease() {
        Long until = lockedUntil;
        return shouldRelease || (until != null && System.nanoTime() - until > 0);
    }

    @Override
    public int deliveryCount() {
        return deliveryCount;
    }

    /** For logs: where, and how often; never what. */
    @Override
    public String toString() {
        return topic() + "-" + partition() + "@" + offset() + " delivery=" + deliveryCount;
    }
}
