package dev.galatea.plumbing.queue;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

import dev.galatea.plumbing.event.ReceivedRecord;

/** A record that a slot holds. The poll thread takes it back by {@link #giveBack()}; the worker sees it between steps. */
final class WorkRecord extends ReceivedRecord implements WorkItem {

    private final int deliveryCount;
    private volatile boolean shouldRelease;

    WorkRecord(ConsumerRecord<byte[], byte[]> record, int deliveryCount) {
        super(record);
        this.deliveryCount = deliveryCount;
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
        return shouldRelease;
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
