package dev.galatea.jobtracking.topology;

import java.nio.file.Path;
import java.util.UUID;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.jobtracking.Fixtures;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.DeadLetterHeaders;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.testsupport.ExampleSpecs;

import static dev.galatea.jobtracking.Fixtures.NOON;
import static dev.galatea.jobtracking.Fixtures.Prompts.prompt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Records of work queues reach the partition of their job by way of job-tracking's own topic. */
class HandoverTest {

    private static final String QUEUE = EventType.PROMPT_CONDITIONED.topic();
    private static final String HANDOVERS = Harness.CONFIG.applicationId() + "-queue-events";

    @TempDir
    Path stateDir;

    private final PromptSubmitted prompt = prompt().build();

    @Test
    void shouldLayOutByJob_whatLiesElsewhereInAQueue() {
        try (Harness queue = new Harness(stateDir, Harness.layout(1_000_000, 2_000_000))) {
            CloudEvent event = conditioned(ExampleSpecs.text());
            RecordHeaders headers = headers(event);
            headers.add(Handover.ORIGIN, "forged".getBytes(UTF_8));
            queue.send(QUEUE, event.key(), event.payload(), headers, NOON);

            assertThat(queue.drain(Harness.MISROUTED + QUEUE)).isEmpty();
            assertThat(queue.drain(Harness.MISROUTED + HANDOVERS))
                    .singleElement()
                    .satisfies(sent -> {
                        assertThat(sent.getValue()).isEqualTo(event.payload());
                        assertThat(sent.getRecordTime()).isEqualTo(NOON);
                        assertThat(sent.headers().headers(Handover.ORIGIN)).hasSize(1);
                        assertThat(Harness.header(sent, Handover.ORIGIN)).isEqualTo(QUEUE + "/0/0");
                    });
        }
    }

    @Test
    void shouldTakeItAsIfReadFromTheQueue() {
        try (Harness harness = new Harness(stateDir)) {
            CloudEvent event = conditioned(harness.accept(prompt));
            harness.drain(EventType.JOB_STATE.topic());
            harness.send(HANDOVERS, event.key(), event.payload(), from(QUEUE + "/0/7", event), NOON);

            assertThat(harness.drain(EventType.JOB_STATE, JobState.class)).hasSize(1);
            harness.send(HANDOVERS, event.key(), "{".getBytes(UTF_8), from(QUEUE + "/0/8", event), NOON);
            assertThat(harness.drain(EventType.DEAD_LETTER_TOPIC))
                    .singleElement()
                    .satisfies(letter -> {
                        assertThat(Harness.header(letter, DeadLetterHeaders.TOPIC))
                                .isEqualTo(QUEUE);
                        assertThat(Harness.header(letter, DeadLetterHeaders.OFFSET))
                                .isEqualTo("8");
                    });
        }
    }

    @Test
    void shouldBelieveNobodyElse() {
        try (Harness harness = new Harness(stateDir)) {
            CloudEvent event = conditioned(harness.accept(prompt));
            harness.drain(EventType.JOB_STATE.topic());
            harness.send(HANDOVERS, event.key(), event.payload(), headers(event), NOON);
            harness.send(HANDOVERS, event.key(), event.payload(), from("no/position", event), NOON);
            harness.send(HANDOVERS, event.key(), event.payload(), from("other.topic/0/1", event), NOON);
            harness.send(HANDOVERS, null, null, from("video.jobs.v1/0/1", event), NOON);

            assertThat(harness.drain(EventType.JOB_STATE.topic())).isEmpty();
            assertThat(harness.drain(EventType.DEAD_LETTER_TOPIC)).hasSize(4).allSatisfy(letter -> assertThat(
                            Harness.header(letter, DeadLetterHeaders.CODE))
                    .isEqualTo("not_ours"));
        }
        try (Harness other = new Harness(stateDir.resolve("other"), Harness.layout(1_000_000, 2_000_000))) {
            CloudEvent event = conditioned(ExampleSpecs.text());
            other.send(HANDOVERS, event.key(), event.payload(), from(QUEUE + "/0/1", event), NOON);
            assertThat(other.drain(EventType.DEAD_LETTER_TOPIC)).hasSize(1);
        }
    }

    private CloudEvent conditioned(JobSpec spec) {
        PromptConditioned event = Fixtures.conditioned(prompt.jobId(), spec);
        return new CloudEvent(UUID.randomUUID(), "/test", NOON, event);
    }

    private static RecordHeaders headers(CloudEvent event) {
        RecordHeaders headers = new RecordHeaders();
        event.headers().forEach(headers::add);
        return headers;
    }

    private static RecordHeaders from(String origin, CloudEvent event) {
        RecordHeaders headers = headers(event);
        headers.add(Handover.ORIGIN, origin.getBytes(UTF_8));
        return headers;
    }
}
