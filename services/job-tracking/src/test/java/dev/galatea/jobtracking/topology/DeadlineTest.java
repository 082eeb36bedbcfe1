package dev.galatea.jobtracking.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.JobAccepted;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;

import static dev.galatea.jobtracking.Fixtures.Prompts.prompt;
import static dev.galatea.jobtracking.Fixtures.conditioned;
import static dev.galatea.jobtracking.Fixtures.decoded;
import static dev.galatea.jobtracking.Fixtures.denoised;
import static dev.galatea.jobtracking.Fixtures.progress;
import static org.assertj.core.api.Assertions.assertThat;

/** A job of which nothing is heard is tried again, and ends in the end. */
class DeadlineTest extends HarnessTest {

    private static final Duration OVERDUE = Duration.ofMinutes(62);

    private JobId job;
    private JobSpec spec;

    @BeforeEach
    void acceptAJob() {
        PromptSubmitted prompt = prompt().build();
        job = prompt.jobId();
        spec = harness.accept(prompt);
    }

    @Test
    void shouldPublishTheInputAgain_whenAStageIsSilent() {
        denoisingBegins();
        assertThat(retried()).as("so that the first one is an increase").isZero();
        harness.advance(OVERDUE);

        assertThat(harness.drain(EventType.PROMPT_CONDITIONED, PromptConditioned.class))
                .containsExactly(conditioned(job, spec));
        assertThat(state().status()).isEqualTo(JobStatus.RUNNING);
        assertThat(state().history())
                .anySatisfy(entry -> assertThat(entry.what()).matches("tried again after \\d+ s without a report"));
        assertThat(finished()).isEmpty();
        assertThat(retried()).isOne();
    }

    @Test
    void shouldExpireOnce_whenTryingAgainDidNotHelp() {
        denoisingBegins();
        harness.advance(OVERDUE);
        harness.advance(OVERDUE);
        harness.advance(OVERDUE);

        List<VideoFinished> finished = finished();
        assertThat(finished).hasSize(1);
        assertThat(finished.get(0).status()).isEqualTo(JobStatus.EXPIRED);
        assertThat(finished.get(0).failure().cause()).isEqualTo(FailureCause.EXPIRED);
        assertThat(finished.get(0).failure().code()).isEqualTo("stage_deadline");
        assertThat(harness.drain(EventType.COMMAND, JobCommand.class))
                .as("a worker that has it after all is to stop")
                .extracting(JobCommand::jobId)
                .containsExactly(job);
    }

    @Test
    void shouldWait_whileAStageIsHeardOf() {
        denoisingBegins();
        harness.send(progress(job, Stage.DENOISING, 3, new ProgressDetail.Step(5, 20)));
        harness.advance(Duration.ofMinutes(50));
        // An attempt that does steps again changes no state, but is alive.
        harness.send(progress(job, Stage.DENOISING, 4, new ProgressDetail.Step(3, 20)));
        harness.advance(Duration.ofMinutes(50));

        assertThat(harness.drain(EventType.PROMPT_CONDITIONED.topic())).isEmpty();
    }

    @Test
    void shouldBlameNobody_whenTheClockJumps() {
        denoisingBegins();
        harness.jump(Duration.ofHours(9));
        harness.advance(Duration.ofMinutes(50));
        assertThat(harness.drain(EventType.PROMPT_CONDITIONED.topic()))
                .as("workers slept, too")
                .isEmpty();

        harness.advance(Duration.ofMinutes(12));
        assertThat(harness.drain(EventType.PROMPT_CONDITIONED.topic())).hasSize(1);
    }

    /** The producer's clock is three hours late, in 1970, or in 2100. */
    @ParameterizedTest
    @ValueSource(strings = {"2026-01-01T12:00:00Z", "1970-01-01T00:00:00Z", "2100-01-01T00:00:00Z"})
    void shouldCountSilenceFromWhenAnEventWasRead_whateverItsRecordSaysOfItsTime(String time) {
        Instant told = Instant.parse(time);
        harness.advance(Duration.ofHours(3));
        PromptSubmitted prompt = prompt().build();
        send(EventType.PROMPT_SUBMITTED, prompt, told);
        JobSpec accepted =
                harness.drain(EventType.JOB_ACCEPTED, JobAccepted.class).get(0).spec();
        send(EventType.PROMPT_CONDITIONED, conditioned(prompt.jobId(), accepted), told);
        ProgressDetail started = new ProgressDetail.Started(1);
        send(EventType.PROGRESS, new Progress(prompt.jobId(), Stage.DENOISING, told, "w", started), told);
        harness.advance(Duration.ofMinutes(50));

        assertThat(harness.jobs().get(prompt.jobId().toString()).status()).isEqualTo(JobStatus.RUNNING);
        assertThat(harness.drain(EventType.PROMPT_CONDITIONED.topic())).isEmpty();
    }

    private void send(EventType type, Event event, Instant at) {
        CloudEvent cloudEvent = new CloudEvent(UUID.randomUUID(), "/test", at, event);
        RecordHeaders headers = new RecordHeaders();
        cloudEvent.headers().forEach(headers::add);
        harness.send(type, cloudEvent.key(), cloudEvent.payload(), headers, at);
    }

    @Test
    void shouldWaitLonger_whenNobodyTookTheJobYet() {
        harness.send(conditioned(job, spec));
        harness.advance(OVERDUE);
        assertThat(harness.drain(EventType.PROMPT_CONDITIONED.topic())).isEmpty();
        harness.advance(Duration.ofDays(30));

        assertThat(harness.drain(EventType.PROMPT_CONDITIONED.topic())).hasSize(1);
    }

    @Test
    void shouldStayAtTheLaterStage_whenEventsCameOutOfOrder() {
        harness.send(denoised(job, spec));
        harness.send(conditioned(job, spec));
        harness.send(progress(job, Stage.DECODING, 2, new ProgressDetail.Started(1)));
        harness.advance(OVERDUE);

        assertThat(harness.drain(EventType.PROMPT_CONDITIONED.topic())).isEmpty();
        assertThat(harness.drain(EventType.LATENTS_DENOISED, LatentsDenoised.class))
                .containsExactly(denoised(job, spec));
    }

    @Test
    void shouldCallWorkersOff_whenAJobThatWasTriedAgainIsDone() {
        denoisingBegins();
        harness.advance(OVERDUE);
        harness.send(denoised(job, spec));
        harness.send(decoded(job, spec));

        assertThat(finished()).extracting(VideoFinished::status).containsExactly(JobStatus.COMPLETED);
        assertThat(harness.drain(EventType.COMMAND, JobCommand.class))
                .as("a queue may hold its input twice")
                .extracting(JobCommand::jobId)
                .containsExactly(job);
    }

    private void denoisingBegins() {
        harness.send(conditioned(job, spec));
        harness.send(progress(job, Stage.DENOISING, 2, new ProgressDetail.Started(1)));
    }

    private JobState state() {
        return harness.jobs().get(job.toString());
    }

    private double retried() {
        return harness.meters
                .get("galatea.jobs.retried")
                .tag("stage", "denoising")
                .counter()
                .count();
    }

    private List<VideoFinished> finished() {
        return harness.drain(EventType.VIDEO_FINISHED, VideoFinished.class);
    }
}
