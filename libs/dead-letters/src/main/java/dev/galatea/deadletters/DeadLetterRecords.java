package dev.galatea.deadletters;

import java.util.Arrays;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

import dev.galatea.events.RecordOrigin;
import dev.galatea.model.event.DeadLetterHeaders;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Builds the records of the dead-letter topic: original bytes and headers, and {@link DeadLetterHeaders} that say why
 * the record lies there. A record that would be too long for the topic with them is cut, because a record that the
 * broker refuses would come again for ever; {@link DeadLetterHeaders#CUT_FROM} then says how long it was. Thread-safe.
 */
public final class DeadLetterRecords {

    /** Upper bound of what frames a record and each of its headers. */
    private static final int FRAME_BYTES = 256;

    private static final int HEADER_FRAME_BYTES = 16;

    private final String service;
    private final int maxBytes;

    /**
     * Creates a builder.
     *
     * @param service who gives records up
     * @param maxBytes the longest record that the dead-letter topic takes
     */
    public DeadLetterRecords(String service, int maxBytes) {
        this.service = service;
        this.maxBytes = maxBytes;
    }

    /**
     * Builds a record's dead letter.
     *
     * @param original all of the record's headers, of which {@link RecordOrigin} has only the last of each name
     */
    public ProducerRecord<byte[], byte[]> of(RecordOrigin origin, Headers original, Failure failure) {
        Headers headers = explained(new RecordHeaders(original), origin, failure);
        byte[] value = origin.value();
        int length = length(value);
        int room = maxBytes - size(origin.key(), headers);
        if (value == null || length <= room) {
            return record(origin.key(), value, headers);
        }
        if (room < 0) {
            headers = explained(new RecordHeaders(), origin, failure);
            room = Math.max(0, maxBytes - size(origin.key(), headers));
        }
        headers.remove(DeadLetterHeaders.CUT_FROM)
                .add(DeadLetterHeaders.CUT_FROM, Integer.toString(length).getBytes(UTF_8));
        int kept = Math.max(0, Math.min(length, room - DeadLetterHeaders.CUT_FROM.length() - HEADER_FRAME_BYTES));
        return record(origin.key(), Arrays.copyOf(value, kept), headers);
    }

    /** Estimates a record's size on the wire; never too low. */
    public static int sizeOf(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        return size(key, headers) + length(value);
    }

    /** Whoever wrote the record must not say what becomes of its dead letter, or of others. */
    private Headers explained(Headers headers, RecordOrigin origin, Failure failure) {
        for (Header header : headers.toArray()) {
            if (header.key().startsWith(DeadLetterHeaders.PREFIX)) {
                headers.remove(header.key());
            }
        }
        DeadLetterHeaders.of(origin.topic(), origin.partition(), origin.offset(), failure, service)
                .forEach((name, value) -> headers.remove(name).add(name, value));
        return headers;
    }

    private static ProducerRecord<byte[], byte[]> record(
            byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        return new ProducerRecord<>(EventType.DEAD_LETTER_TOPIC, null, key, value, headers);
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
}
