package dev.galatea.plumbing.queue;

import java.util.LinkedHashMap;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

import dev.galatea.plumbing.event.DeadLetters;

/** A record that a slot holds. The poll thread takes it back by {@link #giveBack()}; the worker sees it between steps. */
final class WorkRecord implements WorkItem, DeadLetters.Origin {

    private final ConsumerRecord<byte[], byte[]> record;
    private final int deliveryCount;
    private volatile boolean shouldRelease;

    WorkRecord(ConsumerRecord<byte[], byte[]> record, int deliveryCount) {
        this.record = record;
        this.deliveryCount = deliveryCount;
    }

    ConsumerRecord<byte[], byte[]> record() {
        return record;
    }

    /** What is the same when the record is delivered again. */
    Position position() {
        return new Position(new TopicPartition(record.topic(), record.partition()), record.offset());
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

    @Override
    public String topic() {
        return record.topic();
    }

    @Override
    public int partition() {
        return record.partition();
    }

    @Override
    public long offset() {
        return record.offset();
    }

    @Override
    public byte @Nullable [] key() {
        return record.key();
    }

    @Override
    public byte @Nullable [] value() {
        return record.value();
    }

    @Override
    public Map<String, byte[]> headers() {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), header.value());
        }
        return headers;
    }

    /** For logs: where, and how often; never what. */
    @Override
    public String toString() {
        return record.topic() + "-" + record.partition() + "@" + record.offset() + " delivery=" + deliveryCount;
    }
}
