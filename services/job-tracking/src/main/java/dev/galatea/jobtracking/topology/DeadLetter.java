package dev.galatea.jobtracking.topology;

import java.util.Arrays;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

import dev.galatea.deadletters.DeadLetters;
import dev.galatea.model.event.FailureCause;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A record that is no event, as it goes to the dead-letter topic: original bytes and headers, and why it lies there, in
 * the headers that {@link DeadLetters} defines. Sent through the topology, so that it is part of the transaction. A record
 * that would be too long for the topic with them is cut, because a record that the broker refuses would come again for
 * ever; {@link #CUT_FROM} then says how long it was.
 */
final class DeadLetter {

    /** Length of the original value, if the dead letter has only a part of it. */
    static final String CUT_FROM = "dead-letter-cut-from";

    /** Upper bound of what frames a record and each of its headers. */
    private static final int FRAME_BYTES = 256;

    private static final int HEADER_FRAME_BYTES = 16;

    private DeadLetter() {}

    static Record<byte[], byte[]> of(
            Record<byte[], byte[]> record, RecordMetadata from, String code, String reason, long now, int maxBytes) {
        Headers headers = new RecordHeaders(record.headers());
        explain(headers, from, code, reason);
        byte[] value = record.value();
        int length = length(value);
        int room = maxBytes - size(record.key(), headers);
        if (value == null || length <= room) {
            return new Record<>(record.key(), value, now, headers);
        }
        if (room < 0) {
            headers = new RecordHeaders();
            explain(headers, from, code, reason);
            room = Math.max(0, maxBytes - size(record.key(), headers));
        }
        add(headers, CUT_FROM, Integer.toString(length));
        int kept = Math.max(0, Math.min(length, room - CUT_FROM.length() - HEADER_FRAME_BYTES));
        return new Record<>(record.key(), Arrays.copyOf(value, kept), now, headers);
    }

    /** Upper bound of a record's size on the wire. */
    static int size(Record<byte[], byte[]> record) {
        return size(record.key(), record.headers()) + length(record.value());
    }

    private static int size(byte @Nullable [] key, Headers headers) {
        int size = FRAME_BYTES + length(key);
        for (Header header : headers) {
            size += HEADER_FRAME_BYTES + header.key().getBytes(UTF_8).length + length(header.value());
        }
        return size;
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static void explain(Headers headers, RecordMetadata from, String code, String reason) {
        add(headers, DeadLetters.REASON, reason);
        add(headers, DeadLetters.CODE, code);
        add(headers, DeadLetters.CAUSE, FailureCause.POISON.wireName());
        add(headers, DeadLetters.TOPIC, from.topic());
        add(headers, DeadLetters.PARTITION, Integer.toString(from.partition()));
        add(headers, DeadLetters.OFFSET, Long.toString(from.offset()));
        add(headers, DeadLetters.SERVICE, "galatea-job-tracking");
    }

    private static void add(Headers headers, String name, String value) {
        headers.remove(name).add(name, value.getBytes(UTF_8));
    }
}
