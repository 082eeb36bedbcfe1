package dev.galatea.jobtracking.tracking;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.jobtracking.Fixtures;
import dev.galatea.jobtracking.Fixtures.Prompts;
import dev.galatea.jobtracking.admission.Admission;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobState.HistoryEntry;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageEvent;
import dev.galatea.model.event.StageState;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;

import static dev.galatea.jobtracking.Fixtures.NOON;
import static dev.galatea.jobtracking.Fixtures.progress;
import static org.assertj.core.api.Assertions.assertThat;

class JobFoldTest {

    private final PromptSubmitted prompt = Prompts.prompt().build();
    private final JobState queued = new JobTracker(
                    new Admission(Fixtures.catalogue(), Fixtures.MAX_PIXEL_STEPS), Pipeline.VIDEO)
            .submitted(prompt, null, NOON)
            .state();

    @Test
    void shouldRun_whenAStageStarts() {
        JobState state = fold(queued, at(5, Stage.DENOISING, new ProgressDetail.Started(2)));

        assertThat(state.status()).isEqualTo(JobStatus.RUNNING);
        assertThat(state.updatedAt()).isEqualTo(NOON.plusSeconds(5));
        assertThat(state.stages())
                .containsExactly(new StageState(
                        Stage.DENOISING, 2, 0, 0, NOON.plusSeconds(5), null, null, "worker-1", null, List.of()));
        assertThat(state.history()).extracting(HistoryEntry::what).containsExactly("accepted", "started, attempt 2");
    }

    @Test
    void shouldWait_untilAWorkerHasBegunWhatTakesTime() {
        JobSpec spec = Fixtures.withReference(queued.spec());
        JobState prepared = fold(
                queued,
                at(1, Stage.TEXT_CONDITIONING, new ProgressDetail.Started(1)),
                at(2, Stage.TEXT_CONDITIONING, new ProgressDetail.Finished(1)),
                Fixtures.encodingRequested(prompt.jobId(), spec),
                at(3, Stage.ENCODING, new ProgressDetail.Started(1)),
                Fixtures.encoded(prompt.jobId(), spec));
        JobState begun = fold(prepared, at(4, Stage.DENOISING, new ProgressDetail.Started(1)));
        JobState between = fold(
                begun,
                Fixtures.denoised(prompt.jobId(), spec),
                at(5, Stage.TEXT_CONDITIONING, new ProgressDetail.Started(2)));

        assertThat(prepared.status()).isEqualTo(JobStatus.QUEUED);
        assertThat(prepared.stages()).extracting(StageState::stage).contains(Stage.TEXT_CONDITIONING, Stage.ENCODING);
        assertThat(begun.status()).isEqualTo(JobStatus.RUNNING);
        assertThat(between.status()).isEqualTo(JobStatus.RUNNING);
        assertThat(fold(queued, at(6, Stage.DECODING, new ProgressDetail.Started(1)))
                        .status())
                .as("reports come in any order")
                .isEqualTo(JobStatus.RUNNING);
    }

    @Test
    void shouldOnlyGoForward_whenStepsComeLateOrTwice() {
        JobState state = fold(
                queued,
                at(3, Stage.DENOISING, new ProgressDetail.Step(3, 9)),
                at(2, Stage.DENOISING, new ProgressDetail.Step(2, 9)),
                at(3, Stage.DENOISING, new ProgressDetail.Step(3, 9)),
                at(4, Stage.DENOISING, new ProgressDetail.Step(12, 9)));

        assertThat(state.stages().get(0).step()).isEqualTo(3);
        assertThat(state.updatedAt()).isEqualTo(NOON.plusSeconds(3));
    }

    @Test
    void shouldShowTheNewestPreview_whenPreviewsComeOutOfOrder() {
        JobState state = fold(queued, preview(4), preview(12), preview(8));

        assertThat(state.stages().get(0).preview().key()).endsWith("preview-12.jpg");
    }

    @Test
    void shouldPassEncoding_whenTheJobStartsFromMedia() {
        JobSpec spec = Fixtures.withReference(queued.spec());
        JobState asked = fold(queued, Fixtures.encodingRequested(prompt.jobId(), spec));
        JobState encoded = fold(asked, Fixtures.encoded(prompt.jobId(), spec));

        assertThat(asked.stages()).extracting(StageState::stage).containsExactly(Stage.TEXT_CONDITIONING);
        assertThat(encoded.stages())
                .extracting(StageState::stage)
                .containsExactly(Stage.TEXT_CONDITIONING, Stage.ENCODING);
        assertThat(encoded.stages())
                .allSatisfy(stage -> assertThat(stage.finishedAt()).isEqualTo(NOON));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepWhichStepsTheDenoiserDidNotRunAt(boolean reportedBefore) {
        LatentsDenoised plain = Fixtures.denoised(prompt.jobId(), spec());
        LatentsDenoised latents =
                new LatentsDenoised(plain.jobId(), plain.spec(), plain.latents(), null, List.of(3, 5));
        JobState running =
                reportedBefore ? fold(queued, at(3, Stage.DENOISING, new ProgressDetail.Finished(2))) : queued;

        JobState denoised = fold(running, latents);

        assertThat(denoised.stages().get(0).cachedSteps()).containsExactly(3, 5);
        assertThat(fold(denoised, latents)).isEqualTo(denoised);
    }

    @Test
    void shouldPassAStageThatWasAdded() {
        Pipeline extended = Pipeline.VIDEO.insertAfter(
                Stage.DENOISING,
                StageDefinition.of(new Stage("smoothing"))
                        .takes(EventType.ofStage("video.smoothing.requested.v1", SmoothingRequested.class))
                        .gives(EventType.LATENTS_DENOISED)
                        .requestedWith(LatentsDenoised.class, spec -> true, SmoothingRequested::new)
                        .build());
        LatentsDenoised latents = Fixtures.denoised(prompt.jobId(), spec());
        JobFold fold = new JobFold(extended);

        JobState denoised = fold.fold(queued, new SmoothingRequested(latents), NOON);
        JobState smoothed = fold.fold(denoised, latents, NOON);
        JobState decoded = fold.fold(smoothed, Fixtures.decoded(prompt.jobId(), spec()), NOON);

        assertThat(denoised.stages()).extracting(StageState::stage).containsExactly(Stage.DENOISING);
        assertThat(smoothed.stages())
                .extracting(StageState::stage)
                .containsExactly(Stage.DENOISING, new Stage("smoothing"));
        assertThat(decoded.status()).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void shouldKeepStagesThatItDoesNotKnow_upToABound() {
        JobState state = queued;
        for (int i = 0; i < 100; i++) {
            state = fold(state, at(i, new Stage("stage-" + i), new ProgressDetail.Started(1)));
        }

        assertThat(state.stages()).hasSize(NextJobState.MAX_STAGES);
        assertThat(fold(state, at(200, new Stage("stage-0"), new ProgressDetail.Finished(1)))
                        .stages()
                        .get(0)
                        .seconds())
                .isEqualTo(1);
    }

    private JobSpec spec() {
        return java.util.Objects.requireNonNull(queued.spec());
    }

    /** The request of a stage that is added. */
    private record SmoothingRequested(LatentsDenoised latents) implements StageEvent {

        @Override
        public JobId jobId() {
            return latents.jobId();
        }

        @Override
        public JobSpec spec() {
            return latents.spec();
        }
    }

    @Test
    void shouldNotFail_whenTheStageIsFinished() {
        Failure failure = new Failure(FailureCause.POISON, "object_missing", "gone");
        JobState state = fold(
                queued,
                Fixtures.denoised(prompt.jobId(), queued.spec()),
                at(9, Stage.DENOISING, new ProgressDetail.Failed(failure)));

        assertThat(state.status()).isEqualTo(JobStatus.RUNNING);
    }

    @Test
    void shouldEndAsItsCauseSays_whenAStageGivesUp() {
        for (FailureCause cause : FailureCause.values()) {
            Failure failure = new Failure(cause, "some_code", "some message");
            JobState state = fold(queued, at(9, Stage.DECODING, new ProgressDetail.Failed(failure)));
            JobStatus expected =
                    switch (cause) {
                        case CANCELLED -> JobStatus.CANCELLED;
                        case EXPIRED -> JobStatus.EXPIRED;
                        case RETRYABLE, POISON -> JobStatus.FAILED;
                    };
            assertThat(state.status()).isEqualTo(expected);
            assertThat(state.failure()).isEqualTo(failure);
            assertThat(state.finishedAt()).isEqualTo(NOON.plusSeconds(9));
        }
    }

    @Test
    void shouldBoundTheHistoryAndKeepItsEnd_whenVeryMuchHappens() {
        JobState state = queued;
        Failure failure = new Failure(FailureCause.RETRYABLE, "store_unavailable", "no answer");
        for (int i = 0; i < 200; i++) {
            state = fold(
                    state,
                    at(i, Stage.DENOISING, new ProgressDetail.CheckpointWritten(i, Fixtures.object("c"))),
                    at(i, Stage.DENOISING, new ProgressDetail.Retrying(failure)),
                    at(i, Stage.DENOISING, new ProgressDetail.Started(i)));
        }
        state = fold(state, Fixtures.decoded(prompt.jobId(), queued.spec()));

        assertThat(state.history()).hasSize(64);
        assertThat(state.history()).last().extracting(HistoryEntry::what).isEqualTo("completed");
    }

    @RepeatedTest(20)
    void shouldChangeNothing_whenAnythingIsFoldedASecondTime(RepetitionInfo repetition) {
        List<Event> events = new ArrayList<>();
        Failure failure = new Failure(FailureCause.RETRYABLE, "store_unavailable", "no answer");
        for (int i = 1; i <= 6; i++) {
            events.add(at(i, Stage.DENOISING, new ProgressDetail.Started(i)));
            events.add(at(i, Stage.DENOISING, new ProgressDetail.Step(i, 6)));
            events.add(at(i, Stage.DENOISING, new ProgressDetail.CheckpointWritten(i, Fixtures.object("c"))));
            events.add(at(i, Stage.DENOISING, new ProgressDetail.Retrying(failure)));
            events.add(preview(i));
        }
        events.add(at(7, Stage.DENOISING, new ProgressDetail.Finished(7)));
        events.add(Fixtures.denoised(prompt.jobId(), queued.spec()));
        Collections.shuffle(events, new Random(repetition.getCurrentRepetition()));
        JobState once = fold(queued, events.toArray(Event[]::new));
        Collections.shuffle(events, new Random(-repetition.getCurrentRepetition()));

        assertThat(fold(once, events.toArray(Event[]::new))).isEqualTo(once);
    }

    private Event at(int second, Stage stage, ProgressDetail detail) {
        return progress(prompt.jobId(), stage, second, detail);
    }

    private Event preview(int step) {
        String key = ObjectKeys.preview(prompt.jobId(), step);
        return at(step, Stage.DENOISING, new ProgressDetail.PreviewAvailable(step, Fixtures.object(key)));
    }

    private static JobState fold(JobState from, Event... events) {
        JobState state = from;
        for (Event event : events) {
            state = new JobFold(Pipeline.VIDEO).fold(state, event, NOON);
        }
        return state;
    }
}
