package dev.galatea.jobtracking.topology;

import java.nio.ByteBuffer;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.TimestampExtractor;
import org.apache.kafka.streams.processor.api.Record;

import dev.galatea.model.event.EventType;

/**
 * Puts prompts behind all other records of a task. Kafka Streams processes the record with the lowest timestamp next: a
 * prompt counts as of the moment when its turn comes, every other record as of when it was written. So a progress event
 * waits for at most one of the prompts that wait beside it, however many these are and however long they have waited.
 *
 * <p>The time at which a prompt was written travels on in a header, see {@link #asWritten}. Timestamps are never
 * negative and never lie in the future, whatever the client that wrote the record claims.
 *
 * @see <a href="https://kafka.apache.org/documentation/streams/developer-guide/config-streams.html">max.task.idle.ms,
 *     which describes the order in which a task takes its records</a>
 */
enum PromptsLast implements TimestampExtractor {
    INSTANCE;

    /** Set by this extractor; a header of that name from outside is removed. */
    static final String WRITTEN_AT = "galatea-written-at";

    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
        long now = System.currentTimeMillis();
        long writtenAt = record.timestamp() < 0 ? now : Math.min(now, record.timestamp());
        record.headers().remove(WRITTEN_AT);
        if (!record.topic().equals(EventType.PROMPT_SUBMITTED.topic())) {
            return writtenAt;
        }
        record.headers()
                .add(
                        WRITTEN_AT,
                        ByteBuffer.allocate(Long.BYTES).putLong(writtenAt).array());
        return now;
    }

    /** Returns the record as it was written: with its own timestamp, and without the header that carried it. */
    static <K, V> Record<K, V> asWritten(Record<K, V> record) {
        Headers headers = record.headers();
        Header header = headers.lastHeader(WRITTEN_AT);
        if (header == null) {
            return record;
        }
        long writtenAt = ByteBuffer.wrap(header.value()).getLong();
        headers.remove(WRITTEN_AT);
        return record.withTimestamp(writtenAt);
    }
}
