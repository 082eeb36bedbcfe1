package dev.galatea.jobtracking.topology;

import java.io.IOException;
import java.util.List;
import java.util.UUID;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.DeadLetterHeaders;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;
import dev.galatea.testsupport.HostileJson;

import static dev.galatea.jobtracking.Fixtures.NOON;
import static dev.galatea.jobtracking.Fixtures.Prompts.prompt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Tests that no value of any field of any event ends the stream: the record is folded, refused or a dead letter. */
class HostileValuesTest extends HarnessTest {

    private static final String EXAMPLE_JOB = "0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01";

    @ParameterizedTest
    @FieldSource("dev.galatea.jobtracking.topology.TrackedTopics#INPUT_TYPES")
    void shouldGoOn_whateverAFieldHolds(EventType type) throws IOException {
        int sent = 0;
        for (String payload : HostileJson.events(type)) {
            JobId job = JobId.random();
            if (sent++ % 2 == 0) {
                harness.send(PromptSubmitted.of(job, "a red ball"));
            }
            send(type, job, payload.replace(EXAMPLE_JOB, job.toString()));
        }

        List<VideoFinished> ended = harness.drain(EventType.VIDEO_FINISHED, VideoFinished.class);
        assertThat(ended).extracting(VideoFinished::jobId).doesNotHaveDuplicates();
        assertThat(harness.drain(EventType.DEAD_LETTER_TOPIC))
                .as("a defect of ours")
                .noneMatch(letter -> new String(
                                letter.headers()
                                        .lastHeader(DeadLetterHeaders.CODE)
                                        .value(),
                                UTF_8)
                        .equals("internal_error"));
        if (type == EventType.PROMPT_SUBMITTED) {
            assertThat(ended).extracting(VideoFinished::status).contains(JobStatus.REFUSED);
        }
        assertThat(harness.accept(prompt().build())).isNotNull();
    }

    private void send(EventType type, JobId job, String payload) {
        RecordHeaders headers = new RecordHeaders();
        headers.add(CloudEvent.ID, UUID.randomUUID().toString().getBytes(UTF_8));
        headers.add(CloudEvent.SOURCE, "/test".getBytes(UTF_8));
        headers.add(CloudEvent.SPECVERSION, CloudEvent.SPEC_VERSION.getBytes(UTF_8));
        headers.add(CloudEvent.TYPE, type.cloudEventsType().getBytes(UTF_8));
        harness.send(type, job.toString().getBytes(UTF_8), payload.getBytes(UTF_8), headers, NOON);
    }
}
