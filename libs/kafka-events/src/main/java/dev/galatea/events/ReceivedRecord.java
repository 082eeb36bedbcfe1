package dev.galatea.events;

import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record as a consumer got it, whatever kind of consumer that is. Thread-safe as long as nobody changes its arrays.
 */
public class ReceivedRecord implements RecordOrigin {

    private final ConsumerRecord<byte[], byte[]> record;

    public ReceivedRecord(ConsumerRecord<byte[], byte[]> record) {
        this.record = record;
    }

    /** As the client gave it. */
    public final ConsumerRecord<byte[], byte[]> record() {
        return record;
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
        return RecordOrigin.lastOf(record.headers());
    }
}
