package dev.galatea.jobtracking.topology;

import java.util.List;
import java.util.UUID;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

import dev.galatea.deadletters.DeadLetters;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.DeadLetterHeaders;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobAccepted;
import dev.galatea.model.event.PromptSubmitted;

import static dev.galatea.jobtracking.Fixtures.NOON;
import static dev.galatea.jobtracking.Fixtures.Prompts.prompt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Records that are no events are kept as dead letters, and the stream goes on. */
class DeadLetterTopologyTest extends HarnessTest {

    @Test
    void shouldDeadLetterWithOriginalBytes_whenARecordIsNoEvent() {
        byte[] garbage = {(byte) 0xff, 0, 1};
        RecordHeaders headers = Harness.headers(prompt().build());
        headers.add("tenant", "t".getBytes(UTF_8));
        harness.send(EventType.PROMPT_SUBMITTED, garbage, garbage, headers, NOON);
        PromptSubmitted good = prompt().build();
        harness.send(good);

        List<TestRecord<byte[], byte[]>> dead = harness.drain(EventType.DEAD_LETTER_TOPIC);
        assertThat(dead).hasSize(1);
        assertThat(dead.get(0).key()).isEqualTo(garbage);
        assertThat(dead.get(0).value()).isEqualTo(garbage);
        assertThat(Harness.header(dead.get(0), "tenant")).isEqualTo("t");
        assertThat(Harness.header(dead.get(0), CloudEvent.SOURCE)).isEqualTo("/test");
        assertThat(Harness.header(dead.get(0), DeadLetters.CODE)).isEqualTo("malformed_payload");
        assertThat(Harness.header(dead.get(0), DeadLetters.TOPIC)).isEqualTo("video.prompt.submitted.v1");
        assertThat(Harness.header(dead.get(0), DeadLetters.OFFSET)).isEqualTo("0");
        assertThat(harness.drain(EventType.JOB_ACCEPTED, JobAccepted.class))
                .extracting(JobAccepted::jobId)
                .containsExactly(good.jobId());
    }

    @Test
    void shouldDeadLetterWithItsReason_whateverIsWrong() {
        PromptSubmitted good = prompt().build();
        CloudEvent event = new CloudEvent(UUID.randomUUID(), "/test", NOON, good);
        RecordHeaders unknownVersion = Harness.headers(good);
        unknownVersion
                .remove(CloudEvent.TYPE)
                .add(CloudEvent.TYPE, "dev.galatea.video.prompt.submitted.v9".getBytes(UTF_8));
        EventType topic = EventType.PROMPT_SUBMITTED;
        harness.send(topic, event.key(), event.payload(), new RecordHeaders(), NOON);
        harness.send(topic, event.key(), event.payload(), unknownVersion, NOON);
        harness.send(topic, null, event.payload(), Harness.headers(good), NOON);
        harness.send(topic, event.key(), null, Harness.headers(good), NOON);
        harness.send(topic, event.key(), new byte[(1 << 20) + 1], Harness.headers(good), NOON);
        harness.send(EventType.CLIP_DECODED, event.key(), event.payload(), Harness.headers(good), NOON);

        assertThat(harness.drain(EventType.DEAD_LETTER_TOPIC))
                .extracting(dead -> Harness.header(dead, DeadLetters.CODE))
                .containsExactly(
                        "missing_header",
                        "unknown_type",
                        "key_mismatch",
                        "malformed_payload",
                        "too_large",
                        "unknown_type");
        assertThat(harness.jobs().approximateNumEntries()).isZero();
    }

    @Test
    void shouldCutTheDeadLetter_whenItWouldBeTooLongForItsTopic() {
        try (Harness small = new Harness(stateDir.resolve("small"), Harness.layout(1, 10_000))) {
            RecordHeaders headers = new RecordHeaders();
            small.send(EventType.COMMAND, null, new byte[9_990], headers, NOON);
            headers.add("huge", new byte[9_990]);
            small.send(EventType.COMMAND, null, new byte[9_990], headers, NOON);

            List<TestRecord<byte[], byte[]>> dead = small.drain(EventType.DEAD_LETTER_TOPIC);
            assertThat(dead).hasSize(2).allSatisfy(letter -> {
                assertThat(letter.value().length).isBetween(1_000, 9_800);
                assertThat(Harness.header(letter, DeadLetterHeaders.CUT_FROM)).isEqualTo("9990");
                assertThat(Harness.header(letter, DeadLetters.OFFSET)).isNotEmpty();
            });
        }
    }
}
