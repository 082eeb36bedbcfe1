package dev.galatea.jobtracking.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Timer;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

import dev.galatea.model.event.Clip;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.JobAccepted;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;

import static dev.galatea.jobtracking.Fixtures.NOON;
import static dev.galatea.jobtracking.Fixtures.Prompts.prompt;
import static dev.galatea.jobtracking.Fixtures.conditioned;
import static dev.galatea.jobtracking.Fixtures.decoded;
import static dev.galatea.jobtracking.Fixtures.denoised;
import static dev.galatea.jobtracking.Fixtures.progress;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class TrackingTopologyTest extends HarnessTest {

    @Test
    void shouldAcceptAndFinish_whenAllGoesWell() {
        PromptSubmitted prompt = prompt().build();
        JobId job = prompt.jobId();
        harness.send(prompt);
        JobSpec spec = onlyAccepted(job).spec();
        harness.send(progress(job, Stage.TEXT_CONDITIONING, 1, new ProgressDetail.Started(1)));
        harness.send(conditioned(job, spec));
        harness.send(progress(job, Stage.DENOISING, 2, new ProgressDetail.Started(1)));
        harness.send(progress(job, Stage.DENOISING, 3, new ProgressDetail.Step(20, 20)));
        harness.send(denoised(job, spec));
        harness.send(decoded(job, spec));

        VideoFinished finished = onlyFinished();
        Clip clip = decoded(job, spec).clip();
        assertThat(finished.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(finished.clip()).isEqualTo(clip);
        assertThat(finished.spec()).isEqualTo(spec);
        List<JobState> states = harness.drain(EventType.JOB_STATE, JobState.class);
        assertThat(states).hasSize(7);
        assertThat(states).first().extracting(JobState::status).isEqualTo(JobStatus.QUEUED);
        assertThat(states).last().isEqualTo(harness.jobs().get(job.toString()));
        assertThat(states.get(6).stages())
                .extracting(s -> s.stage() + " " + s.step())
                .containsExactly("text-conditioning 0", "denoising 20", "decoding 0");
    }

    @Test
    void shouldTimeJobsAndStages_byModelAndSize() {
        PromptSubmitted prompt = prompt().build();
        JobId job = prompt.jobId();
        harness.send(prompt);
        JobSpec spec = onlyAccepted(job).spec();
        harness.send(progress(job, Stage.DENOISING, 1, new ProgressDetail.Started(1)));
        harness.send(progress(job, Stage.DENOISING, 2, new ProgressDetail.Started(2)));
        harness.send(progress(job, Stage.DENOISING, 9, new ProgressDetail.Finished(7)));
        harness.send(progress(job, Stage.DENOISING, 9, new ProgressDetail.Finished(7)));
        harness.send(decoded(job, spec));

        Timer stage = harness.meters
                .get("galatea.stage")
                .tags("stage", "denoising", "model", "pebble", "size", "small")
                .timer();
        assertThat(stage.count()).isEqualTo(1);
        assertThat(stage.totalTime(TimeUnit.SECONDS)).isEqualTo(7);
        assertThat(harness.meters
                        .get("galatea.stage.retries")
                        .tag("stage", "denoising")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(harness.meters
                        .get("galatea.job")
                        .tag("status", "completed")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void shouldWriteCloudEventsWithTheSameIds_howeverOftenItRuns() {
        PromptSubmitted prompt = prompt().build();
        harness.send(prompt);

        TestRecord<byte[], byte[]> accepted =
                harness.drain(EventType.JOB_ACCEPTED.topic()).get(0);

        assertThat(Harness.header(accepted, CloudEvent.ID))
                .isEqualTo(EventIds.of(prompt.jobId(), EventType.JOB_ACCEPTED).toString());
        assertThat(Harness.header(accepted, CloudEvent.SOURCE)).isEqualTo("/services/job-tracking");
        assertThat(Harness.header(accepted, CloudEvent.TYPE)).isEqualTo("dev.galatea.video.job.accepted.v1");
        TestRecord<byte[], byte[]> state =
                harness.drain(EventType.JOB_STATE.topic()).get(0);
        UUID expected = EventIds.of(prompt.jobId(), EventType.JOB_STATE, "video.prompt.submitted.v1/0/0");
        assertThat(Harness.header(state, CloudEvent.ID)).isEqualTo(expected.toString());
    }

    @Test
    void shouldKeepTheFirst_whenSubmittedAgainWithAnotherPayload() {
        PromptSubmitted first = prompt().build();
        PromptSubmitted second = PromptSubmitted.of(first.jobId(), "");
        harness.send(first);
        harness.send(second);
        harness.send(first);

        onlyAccepted(first.jobId());
        assertThat(harness.drain(EventType.VIDEO_FINISHED.topic())).isEmpty();
        assertThat(harness.drain(EventType.JOB_STATE.topic())).hasSize(1);
    }

    @Test
    void shouldRefuseOnce_whenAValueIsBad() {
        PromptSubmitted bad = prompt().guidance(Double.NaN).build();
        harness.send(bad);
        harness.send(bad);

        VideoFinished finished = onlyFinished();
        assertThat(finished.status()).isEqualTo(JobStatus.REFUSED);
        assertThat(finished.failure()).extracting(Failure::code).isEqualTo("invalid_guidance");
        assertThat(finished.spec()).isNull();
        assertThat(harness.drain(EventType.JOB_ACCEPTED.topic())).isEmpty();
        assertThat(harness.drain(EventType.JOB_STATE, JobState.class))
                .extracting(JobState::status)
                .containsExactly(JobStatus.REFUSED);
    }

    @Test
    void shouldPublishABoundedState_whenPromptIsHuge() {
        harness.send(prompt().text("x\ud800".repeat(100_000))
                .model("m\udc00".repeat(1000))
                .build());
        harness.send(prompt().text("y".repeat(900_000)).build());

        assertThat(harness.drain(EventType.VIDEO_FINISHED, VideoFinished.class))
                .extracting(f -> f.failure().code())
                .containsExactly("unknown_model", "prompt_too_long");
        assertThat(harness.drain(EventType.JOB_STATE.topic()))
                .allSatisfy(state -> assertThat(state.value()).hasSizeLessThan(20_000));
    }

    @Test
    void shouldCancelOnce_whenAsked() {
        PromptSubmitted prompt = prompt().build();
        JobId job = prompt.jobId();
        harness.send(prompt);
        JobSpec spec = onlyAccepted(job).spec();
        harness.send(JobCommand.cancel(job, "changed my mind", NOON));
        harness.send(JobCommand.cancel(job, "again", NOON));
        harness.send(decoded(job, spec));

        VideoFinished finished = onlyFinished();
        assertThat(finished.status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(finished.failure()).isEqualTo(new Failure(FailureCause.CANCELLED, "cancelled", "changed my mind"));
    }

    @Test
    void shouldForgetAJob_whenItIsDoneAndSomebodyDeletesIt() {
        PromptSubmitted prompt = prompt().build();
        JobId job = prompt.jobId();
        harness.send(JobCommand.delete(job, "too early", NOON));
        harness.send(prompt);
        harness.send(JobCommand.delete(job, "not done", NOON));
        assertThat(harness.jobs().get(job.toString()).status()).isEqualTo(JobStatus.QUEUED);
        harness.send(JobCommand.cancel(job, "", NOON));
        harness.drain(EventType.JOB_STATE.topic());
        harness.send(JobCommand.delete(job, "", NOON));

        assertThat(harness.jobs().get(job.toString())).isNull();
        assertThat(harness.earlyCancels()).isZero();
        assertThat(harness.drain(EventType.JOB_STATE.topic()))
                .singleElement()
                .satisfies(tombstone -> assertThat(tombstone.value()).isNull());
    }

    @Test
    void shouldCancel_whenTheCommandOvertakesThePrompt() {
        PromptSubmitted prompt = prompt().build();
        harness.send(JobCommand.cancel(prompt.jobId(), "too late\ud800", NOON));
        harness.send(prompt);

        assertThat(onlyFinished().status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(harness.drain(EventType.JOB_ACCEPTED.topic())).isEmpty();
        assertThat(harness.earlyCancels()).isZero();
    }

    @Test
    void shouldForgetACommand_whenItsPromptNeverComes() {
        PromptSubmitted prompt = prompt().build();
        harness.send(JobCommand.cancel(prompt.jobId(), "", NOON));
        harness.advance(Duration.ofMinutes(9));
        assertThat(harness.earlyCancels()).isEqualTo(1);
        harness.advance(Duration.ofMinutes(3));
        assertThat(harness.earlyCancels()).isZero();
        harness.send(prompt);

        onlyAccepted(prompt.jobId());
    }

    @Test
    void shouldFailOnce_whenAStageGivesUp() {
        PromptSubmitted prompt = prompt().build();
        Failure failure = new Failure(FailureCause.POISON, "object_altered", "it is not what it was");
        harness.send(prompt);
        harness.send(progress(prompt.jobId(), Stage.DENOISING, 1, new ProgressDetail.Started(1)));
        harness.send(progress(prompt.jobId(), Stage.DENOISING, 2, new ProgressDetail.Failed(failure)));
        harness.send(progress(prompt.jobId(), Stage.DENOISING, 3, new ProgressDetail.Step(1, 20)));

        VideoFinished finished = onlyFinished();
        assertThat(finished.status()).isEqualTo(JobStatus.FAILED);
        assertThat(finished.failure()).isEqualTo(failure);
        assertThat(harness.drain(EventType.JOB_STATE.topic())).hasSize(3);
    }

    @Test
    void shouldForgetAJob_whenItsRetentionIsOver() {
        PromptSubmitted over = prompt().text("").build();
        PromptSubmitted running = prompt().build();
        harness.send(over);
        harness.send(running);
        harness.advance(Duration.ofDays(6));
        assertThat(harness.jobs().get(over.jobId().toString())).isNotNull();
        harness.drain(EventType.JOB_STATE.topic());
        harness.advance(Duration.ofDays(1).plusMinutes(2));

        assertThat(harness.jobs().get(over.jobId().toString())).isNull();
        assertThat(harness.jobs().get(running.jobId().toString())).isNotNull();
        List<TestRecord<byte[], byte[]>> tombstones = harness.drain(EventType.JOB_STATE.topic());
        assertThat(tombstones).hasSize(1);
        assertThat(new String(tombstones.get(0).key(), UTF_8))
                .isEqualTo(over.jobId().toString());
        assertThat(tombstones.get(0).value()).isNull();
    }

    @Test
    void shouldIgnoreEvents_whenTheirJobIsNotKnown() {
        JobId unknown = JobId.random();
        harness.send(progress(unknown, Stage.DENOISING, 1, new ProgressDetail.Started(1)));

        assertThat(harness.drain(EventType.JOB_STATE.topic())).isEmpty();
        assertThat(harness.drain(EventType.DEAD_LETTER_TOPIC)).isEmpty();
    }

    @Test
    void shouldSendUnchangedToTheRightPartition_whenAnotherClientPartitionedDifferently() {
        try (Harness many = new Harness(stateDir.resolve("many"), Harness.layout(1_000_000, 2_000_000))) {
            PromptSubmitted prompt = prompt().build();
            RecordHeaders headers = Harness.headers(prompt);
            headers.add("tenant", "t".getBytes(UTF_8));
            CloudEvent event = new CloudEvent(UUID.randomUUID(), "/test", NOON, prompt);
            many.send(EventType.PROMPT_SUBMITTED, event.key(), event.payload(), headers, NOON);

            assertThat(many.drain(EventType.JOB_STATE.topic())).isEmpty();
            assertThat(many.drain(Harness.MISROUTED + EventType.PROMPT_SUBMITTED.topic()))
                    .singleElement()
                    .satisfies(sent -> {
                        assertThat(sent.getValue()).isEqualTo(event.payload());
                        assertThat(sent.getRecordTime()).isEqualTo(NOON);
                        assertThat(sent.headers().toArray()).isEqualTo(headers.toArray());
                    });
        }
    }

    @Test
    void shouldTakeTheTimeOfSubmissionFromTheRecord_butNoneOfTheFuture() {
        PromptSubmitted early = prompt().build();
        PromptSubmitted late = prompt().build();
        RecordHeaders forged = Harness.headers(early);
        forged.add(PromptsLast.WRITTEN_AT, new byte[] {1});
        send(early, forged, NOON);
        send(late, Harness.headers(late), Instant.now().plusSeconds(3600));

        List<JobState> states = harness.drain(EventType.JOB_STATE, JobState.class);
        assertThat(states.get(0).submittedAt()).isEqualTo(NOON);
        assertThat(states.get(1).submittedAt()).isBeforeOrEqualTo(Instant.now());
    }

    private void send(PromptSubmitted prompt, RecordHeaders headers, Instant at) {
        CloudEvent event = new CloudEvent(UUID.randomUUID(), "/test", NOON, prompt);
        harness.send(EventType.PROMPT_SUBMITTED, event.key(), event.payload(), headers, at);
    }

    private JobAccepted onlyAccepted(JobId job) {
        return onlyAccepted(harness, job);
    }

    private static JobAccepted onlyAccepted(Harness from, JobId job) {
        List<JobAccepted> accepted = from.drain(EventType.JOB_ACCEPTED, JobAccepted.class);
        assertThat(accepted).extracting(JobAccepted::jobId).containsExactly(job);
        return accepted.get(0);
    }

    private VideoFinished onlyFinished() {
        List<VideoFinished> finished = harness.drain(EventType.VIDEO_FINISHED, VideoFinished.class);
        assertThat(finished).hasSize(1);
        return finished.get(0);
    }
}
