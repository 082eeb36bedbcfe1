package dev.galatea.jobtracking.topology;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.jobtracking.Fixtures;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.DeadLetterHeaders;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.JobAccepted;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.Sha256;

import static dev.galatea.jobtracking.Fixtures.NOON;
import static dev.galatea.jobtracking.Fixtures.Prompts.prompt;
import static dev.galatea.jobtracking.Fixtures.conditioned;
import static dev.galatea.jobtracking.Fixtures.decoded;
import static dev.galatea.jobtracking.Fixtures.denoised;
import static dev.galatea.jobtracking.Fixtures.object;
import static dev.galatea.jobtracking.Fixtures.progress;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** Events that are valid JSON, and meant to end the stream: it goes on, and so does the job that they are about. */
class HostileEventsTest extends HarnessTest {

    private static final String LONG = "\u0001".repeat(600_000);

    private JobId job;
    private JobSpec spec;

    @BeforeEach
    void acceptAJob() {
        PromptSubmitted prompt = prompt().build();
        job = prompt.jobId();
        spec = harness.accept(prompt);
    }

    @Test
    void shouldBuryReportsWithLongTexts() {
        String failure = "{\"cause\":\"retryable\",\"code\":\"c\",\"message\":\"" + "x".repeat(600_000) + "\"}";
        for (int step = 1; step <= 3; step++) {
            String report = """
                    {"jobId":"%s","stage":"denoising","at":"%s","worker":"w",
                     "detail":{"kind":"checkpoint-refused","step":%d,"failure":%s}}""";
            raw(EventType.PROGRESS, report.formatted(job, NOON.plusSeconds(step), step, failure));
        }
        raw(EventType.COMMAND, """
                {"jobId":"%s","action":"cancel","reason":"%s","at":"%s"}""".formatted(job, "x".repeat(600_000), NOON));

        assertThat(harness.drain(EventType.DEAD_LETTER_TOPIC))
                .extracting(letter -> header(letter, DeadLetterHeaders.CODE))
                .containsExactly("too_large", "too_large", "too_large", "too_large");
        assertCompletes();
    }

    @Test
    void shouldKeepTheStateSmall_howeverManyTextsComeAtTheirLimits() {
        for (int i = 0; i < 300; i++) {
            Stage stage = new Stage("stage-" + i % 40);
            String worker = i + LONG;
            Failure failure = new Failure(FailureCause.RETRYABLE, LONG, i + LONG, LONG);
            harness.send(new Progress(job, stage, NOON, worker, new ProgressDetail.Started(1 + i)));
            harness.send(new Progress(job, stage, NOON, worker, new ProgressDetail.CheckpointRefused(i, failure)));
            harness.send(new Progress(job, stage, NOON, worker, new ProgressDetail.Retrying(failure)));
            harness.send(new Progress(
                    job,
                    stage,
                    NOON,
                    worker,
                    new ProgressDetail.PreviewAvailable(i, object("\u0001".repeat(1000) + i))));
        }

        assertThat(harness.drain(EventType.DEAD_LETTER_TOPIC)).isEmpty();
        assertThat(harness.drain(EventType.JOB_STATE.topic()))
                .allSatisfy(state -> assertThat(state.value().length).isLessThan(WriteLimits.MAX_STORED_BYTES));
        assertCompletes();
    }

    static Stream<Event> shouldGoOn_whateverTheNumbersAndTimes() {
        JobId any = JobId.random();
        Failure failure = new Failure(FailureCause.POISON, "c", "m");
        return Stream.of(Instant.MIN, Instant.EPOCH, Instant.parse("9999-12-31T00:00:00Z"), Instant.MAX)
                .flatMap(at -> Stream.of(
                                new ProgressDetail.Started(Integer.MAX_VALUE),
                                new ProgressDetail.Step(Integer.MAX_VALUE, Integer.MAX_VALUE),
                                new ProgressDetail.Finished(1e300),
                                new ProgressDetail.Finished(Double.MIN_VALUE),
                                new ProgressDetail.Uploading(Long.MIN_VALUE),
                                new ProgressDetail.Failed(failure))
                        .map(detail -> new Progress(any, Stage.DENOISING, at, "w", detail)));
    }

    @ParameterizedTest
    @MethodSource
    void shouldGoOn_whateverTheNumbersAndTimes(Event event) {
        Progress hostile = (Progress) event;
        harness.send(new Progress(job, hostile.stage(), hostile.at(), "w", hostile.detail()));
        PromptSubmitted next = prompt().build();
        harness.send(next);

        assertThat(harness.drain(EventType.JOB_ACCEPTED, JobAccepted.class))
                .extracting(JobAccepted::jobId)
                .containsExactly(next.jobId());
        JobState state = harness.jobs().get(job.toString());
        assertThat(state.updatedAt()).isBetween(NOON, Instant.now());
        boolean fails = hostile.detail() instanceof ProgressDetail.Failed;
        assertThat(state.status().isDone()).isEqualTo(fails);
        if (!fails) {
            assertCompletes();
        }
    }

    /** A producer says of its records when they were made, unless the broker does. */
    @ParameterizedTest
    @ValueSource(strings = {"1970-01-01T00:00:00Z", "2025-12-01T00:00:00Z", "2100-01-01T00:00:00Z"})
    void shouldMeasureJobsFromWhenTheyWereRead_whenTheTimesOfTheirRecordsCanNotBe(String time) {
        PromptSubmitted accepted = prompt().build();
        PromptSubmitted refused = prompt().model("nobody's").build();
        for (PromptSubmitted prompt : List.of(accepted, refused)) {
            CloudEvent event = new CloudEvent(UUID.randomUUID(), "/test", NOON, prompt);
            harness.send(event.type(), event.key(), event.payload(), Harness.headers(prompt), Instant.parse(time));
        }
        harness.send(JobCommand.cancel(accepted.jobId(), "enough", NOON));

        assertThat(harness.drain(EventType.VIDEO_FINISHED, VideoFinished.class))
                .hasSize(2)
                .allSatisfy(ended -> assertThat(ended.submittedAt()).isEqualTo(NOON))
                .allSatisfy(ended -> assertThat(ended.finishedAt()).isEqualTo(NOON));
        assertThat(harness.meters.get("galatea.job").timers())
                .hasSize(2)
                .allSatisfy(timer -> assertThat(timer.max(TimeUnit.SECONDS)).isZero());
    }

    @Test
    void shouldBuryWhatIsTooLongToBeStored() {
        String embeddings = """
                {"bucket":"b","key":"k","name":"n","dtype":"F32","shape":[1],"bytes":7,"sha256":"%s"}""";
        String payload = """
                {"jobId":"%s","prompt":%s,"negativePrompt":%s,"spec":%s,"x":"%s"}""";
        String tensor = embeddings.formatted("ab".repeat(32));
        raw(EventType.PROMPT_CONDITIONED, payload.formatted(job, tensor, tensor, json(spec), "x".repeat(1_000_000)));

        assertThat(harness.drain(EventType.DEAD_LETTER_TOPIC)).singleElement().satisfies(letter -> assertThat(
                        header(letter, DeadLetterHeaders.REASON))
                .contains(EventType.PROMPT_CONDITIONED.topic(), "can't be written"));
        assertCompletes();
    }

    @Test
    void shouldRefuseThePrompt_whenATopicTakesNoSuchState() {
        try (Harness small = new Harness(stateDir.resolve("small"), Harness.layout(1, 1_500))) {
            small.send(prompt().text("short").build());
            small.send(prompt().text("x".repeat(190)).negative("y".repeat(200)).build());

            assertThat(small.drain(EventType.JOB_ACCEPTED.topic())).hasSize(1);
            assertThat(small.drain(EventType.DEAD_LETTER_TOPIC)).isEmpty();
            assertThat(small.drain(EventType.VIDEO_FINISHED, VideoFinished.class))
                    .extracting(VideoFinished::status, finished -> finished.failure()
                            .code())
                    .containsExactly(tuple(JobStatus.REFUSED, "too_large"));
        }
    }

    @Test
    void shouldBuryThePrompt_whenNotEvenItsRefusalCanBeWritten() {
        try (Harness tiny = new Harness(stateDir.resolve("tiny"), Harness.layout(1, 700))) {
            tiny.send(prompt().text("x".repeat(190)).negative("y".repeat(200)).build());

            assertThat(tiny.drain(EventType.VIDEO_FINISHED.topic())).isEmpty();
            assertThat(tiny.drain(EventType.DEAD_LETTER_TOPIC)).singleElement().satisfies(letter -> assertThat(
                            header(letter, DeadLetterHeaders.CODE))
                    .isEqualTo("too_large"));
        }
    }

    @Test
    void shouldEndOnce_whenThePromptComesAgainAfterTheJobWasDeleted() {
        assertCompletes();
        harness.send(JobCommand.delete(job, "", NOON));
        harness.send(PromptSubmitted.of(job, "a red ball"));
        harness.send(PromptSubmitted.of(job, ""));

        assertThat(harness.drain(EventType.VIDEO_FINISHED.topic())).isEmpty();
        assertThat(harness.drain(EventType.JOB_ACCEPTED.topic())).isEmpty();
        assertThat(harness.jobs().get(job.toString())).isNull();
        List<TestRecord<byte[], byte[]>> states = harness.drain(EventType.JOB_STATE.topic());
        assertThat(states.subList(states.size() - 3, states.size()))
                .as("forgotten, and whoever submitted it again is told")
                .allSatisfy(state -> assertThat(state.value()).isNull());
    }

    @Test
    void shouldLetGoOfStatesThatAreNotItsOwn_whenTheyAreToBeForgotten() {
        harness.drain(EventType.JOB_STATE.topic());
        JobId forged = JobId.random();
        harness.send(JobCommand.delete(forged, "", NOON));
        harness.send(JobCommand.delete(job, "", NOON));

        assertThat(harness.drain(EventType.JOB_STATE.topic())).singleElement().satisfies(state -> {
            assertThat(new String(state.key(), UTF_8)).isEqualTo(forged.toString());
            assertThat(state.value()).isNull();
        });
        assertCompletes();
    }

    @Test
    void shouldShowTheDigestOfTheRequestThatWasTaken() {
        PromptSubmitted first = prompt().build().withRequestDigest(Fixtures.DIGEST);
        harness.send(first);
        harness.send(first.withPrompt("another").withRequestDigest(Sha256.of(new byte[9])));
        harness.send(first.withPrompt("").withRequestDigest(null));

        assertThat(harness.jobs().get(first.jobId().toString()).requestDigest()).isEqualTo(Fixtures.DIGEST);
    }

    private void assertCompletes() {
        harness.send(conditioned(job, spec));
        harness.send(progress(job, Stage.DENOISING, 1, new ProgressDetail.Started(1)));
        harness.send(denoised(job, spec));
        harness.send(decoded(job, spec));
        List<VideoFinished> finished = harness.drain(EventType.VIDEO_FINISHED, VideoFinished.class);
        assertThat(finished).extracting(VideoFinished::status).containsExactly(JobStatus.COMPLETED);
        assertThat(harness.drain(EventType.DEAD_LETTER_TOPIC)).isEmpty();
    }

    private void raw(EventType type, String json) {
        CloudEvent like = new CloudEvent(UUID.randomUUID(), "/test", NOON, conditioned(job, spec));
        RecordHeaders headers = new RecordHeaders();
        like.headers().forEach(headers::add);
        headers.add(CloudEvent.TYPE, type.cloudEventsType().getBytes(UTF_8));
        harness.send(type, like.key(), json.getBytes(UTF_8), headers, NOON);
    }

    private String json(JobSpec value) {
        byte[] event = new CloudEvent(UUID.randomUUID(), "/test", NOON, new JobAccepted(job, value, NOON)).payload();
        String text = new String(event, UTF_8);
        return text.substring(text.indexOf("\"spec\":") + 7, text.indexOf(",\"acceptedAt\""));
    }

    private static String header(TestRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
