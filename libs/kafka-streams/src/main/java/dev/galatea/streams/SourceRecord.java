package dev.galatea.streams;

import java.util.Map;

import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

import dev.galatea.events.RecordOrigin;

/** A record of a stream and its position, in the form that the services' shared code reads. */
public record SourceRecord(Record<byte[], byte[]> record, RecordMetadata from) implements RecordOrigin {

    @Override
    public String topic() {
        return from.topic();
    }

    @Override
    public int partition() {
        return from.partition();
    }

    @Override
    public long offset() {
        return from.offset();
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
