package dev.galatea.jobtracking.topology;

import java.util.List;
import java.util.UUID;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;

import static dev.galatea.jobtracking.Fixtures.NOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Prompts with fields that prompts don't have, as somebody writes them who knows the HTTP API. */
class UnknownFieldTest extends HarnessTest {

    private final JobId job = JobId.random();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"num_frames\": 33|num_frames: is not a field of prompts, and would be without effect; valid is frames",
                "\"num_inference_steps\": 3|num_inference_steps: is not a field of prompts, and would be without effect;"
                        + " valid is steps",
                "\"lora\": {}|lora: is not a field of prompts, and would be without effect; valid are fps, frames, ",
                "\"reference\": {\"role\": \"video\", \"url\": \"https://a/b\", \"mask\": 1}|reference.mask: is not a field"
            })
    void shouldRefuseThem_byTheirName(String fields, String message) {
        submit(fields);

        List<VideoFinished> finished = harness.drain(EventType.VIDEO_FINISHED, VideoFinished.class);
        assertThat(finished).hasSize(1);
        assertThat(finished.get(0).status()).isEqualTo(JobStatus.REFUSED);
        assertThat(finished.get(0).failure().code()).isEqualTo("unsupported_field");
        assertThat(finished.get(0).failure().message()).startsWith(message);
        assertThat(harness.drain(EventType.JOB_ACCEPTED.topic())).isEmpty();
        assertThat(harness.drain(EventType.DEAD_LETTER_TOPIC)).isEmpty();
    }

    @Test
    void shouldLeaveToSenders_whatIsTheirs() {
        submit("\"x-trace\": {\"a\": 1}, \"x_note\": \"mine\"");

        assertThat(harness.drain(EventType.JOB_ACCEPTED.topic())).hasSize(1);
    }

    private void submit(String fields) {
        CloudEvent event = new CloudEvent(UUID.randomUUID(), "/test", NOON, PromptSubmitted.of(job, "p"));
        RecordHeaders headers = new RecordHeaders();
        event.headers().forEach(headers::add);
        String payload = "{\"jobId\": \"" + job + "\", \"prompt\": \"p\", " + fields + "}";
        harness.send(event.type(), event.key(), payload.getBytes(UTF_8), headers, NOON);
    }
}
