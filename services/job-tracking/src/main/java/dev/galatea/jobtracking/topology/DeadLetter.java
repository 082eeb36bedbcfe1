package dev.galatea.jobtracking.topology;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A record that is no event, as it goes to the dead-letter topic: original bytes and headers, and why it lies there. */
final class DeadLetter {

    static final String REASON = "galatea-dead-letter-reason";
    static final String MESSAGE = "galatea-dead-letter-message";
    static final String TOPIC = "galatea-dead-letter-topic";
    static final String PARTITION = "galatea-dead-letter-partition";
    static final String OFFSET = "galatea-dead-letter-offset";

    private DeadLetter() {}

    static Record<byte[], byte[]> of(
            Record<byte[], byte[]> record, RecordMetadata from, String reason, String message, long now) {
        Headers headers = new RecordHeaders(record.headers());
        add(headers, REASON, reason);
        add(headers, MESSAGE, message);
        add(headers, TOPIC, from.topic());
        add(headers, PARTITION, Integer.toString(from.partition()));
        add(headers, OFFSET, Long.toString(from.offset()));
        return new Record<>(record.key(), record.value(), now, headers);
    }

    private static void add(Headers headers, String name, String value) {
        headers.remove(name).add(name, value.getBytes(UTF_8));
    }
}
