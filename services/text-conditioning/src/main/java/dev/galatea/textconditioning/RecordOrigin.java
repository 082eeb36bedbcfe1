package dev.galatea.textconditioning;

import java.util.LinkedHashMap;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import dev.galatea.plumbing.event.DeadLetters;

/** A record as the channel gave it. */
final class RecordOrigin implements DeadLetters.Origin {

    private final ConsumerRecord<byte[], byte[]> record;
    private final Map<String, byte[]> headers = new LinkedHashMap<>();

    RecordOrigin(ConsumerRecord<byte[], byte[]> record) {
        this.record = record;
        record.headers().forEach(header -> headers.put(header.key(), header.value()));
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
        return headers;
    }
}
