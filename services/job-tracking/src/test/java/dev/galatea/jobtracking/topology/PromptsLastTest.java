package dev.galatea.jobtracking.topology;

import java.util.Optional;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;

import dev.galatea.model.event.EventType;

import static org.assertj.core.api.Assertions.assertThat;

class PromptsLastTest {

    private final Headers headers = new RecordHeaders();

    @Test
    void shouldPutAPromptBehindEverythingThatIsThere_howeverLongItHasWaited() {
        long now = System.currentTimeMillis();
        long prompt = extract(EventType.PROMPT_SUBMITTED, now - 3_600_000);

        for (EventType other : TrackedTopics.INPUT_TYPES) {
            if (other != EventType.PROMPT_SUBMITTED) {
                assertThat(extract(other, now - 1)).as(other.topic()).isLessThan(prompt);
            }
        }
    }

    @Test
    void shouldGiveTheTimeOfWritingBack() {
        long then = System.currentTimeMillis() - 1_000;
        headers.add("tenant", new byte[] {1});
        long extracted = extract(EventType.PROMPT_SUBMITTED, then);

        Record<String, String> record = PromptsLast.asWritten(new Record<>("key", "value", extracted, headers));
        assertThat(record.timestamp()).isEqualTo(then);
        assertThat(record.headers()).extracting("key").containsExactly("tenant");
    }

    @Test
    void shouldBelieveNeitherTheFutureNorAForgedHeader() {
        long now = System.currentTimeMillis();
        headers.add(PromptsLast.WRITTEN_AT, new byte[] {1});
        assertThat(extract(EventType.PROGRESS, now + 60_000)).isBetween(now, now + 30_000);
        assertThat(headers).isEmpty();
        assertThat(extract(EventType.PROGRESS, -1)).isBetween(now, now + 30_000);
    }

    private long extract(EventType type, long timestamp) {
        ConsumerRecord<Object, Object> record = new ConsumerRecord<>(
                type.topic(),
                0,
                0,
                timestamp,
                TimestampType.CREATE_TIME,
                1,
                1,
                "key",
                "value",
                headers,
                Optional.empty());
        return PromptsLast.INSTANCE.extract(record, 0);
    }
}
