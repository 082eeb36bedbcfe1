package dev.galatea.jobtracking.topology;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.jobtracking.Fixtures;
import dev.galatea.jobtracking.Fixtures.Prompts;
import dev.galatea.jobtracking.admission.Admission;
import dev.galatea.jobtracking.admission.Decision;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventType;
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
import static dev.galatea.jobtracking.Fixtures.progress;
import static org.assertj.core.api.Assertions.assertThat;

/** Every event twice and in any order: the same jobs end the same way, each exactly once. Seeded. */
class DisorderTest {

    private static final int JOBS = 30;

    private final Admission admission = new Admission(Fixtures.catalogue(), Fixtures.MAX_PIXEL_STEPS);

    @TempDir
    Path stateDir;

    @RepeatedTest(8)
    void shouldEndEveryJobOnce_whenEventsComeTwiceInAnyOrder(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<Event> prompts = new ArrayList<>();
        List<Event> early = new ArrayList<>();
        List<Event> later = new ArrayList<>();
        Map<JobId, JobStatus> expected = new java.util.HashMap<>();
        for (int i = 0; i < JOBS; i++) {
            addJob(i % 3, prompts, early, later, expected);
        }
        try (Harness harness = new Harness(stateDir)) {
            sendTwice(harness, early, random);
            sendTwice(harness, prompts, random);
            sendTwice(harness, later, random);
            later.forEach(harness::send);
            prompts.forEach(harness::send);

            List<VideoFinished> finished = harness.drain(EventType.VIDEO_FINISHED, VideoFinished.class);
            assertThat(finished).hasSize(JOBS);
            assertThat(finished.stream().collect(Collectors.toMap(VideoFinished::jobId, VideoFinished::status)))
                    .isEqualTo(expected);
            List<JobAccepted> accepted = harness.drain(EventType.JOB_ACCEPTED, JobAccepted.class);
            assertThat(accepted).extracting(JobAccepted::jobId).doesNotHaveDuplicates();
            checkStates(harness.drain(EventType.JOB_STATE, JobState.class), expected);
            assertThat(harness.drain(EventType.DEAD_LETTER_TOPIC)).isEmpty();
        }
    }

    private void addJob(
            int kind, List<Event> prompts, List<Event> early, List<Event> later, Map<JobId, JobStatus> expected) {
        PromptSubmitted prompt = Prompts.prompt().steps(kind == 1 ? -1 : 5).build();
        JobId job = prompt.jobId();
        prompts.add(prompt);
        if (kind == 0) {
            later.addAll(workOn(prompt));
            expected.put(job, JobStatus.COMPLETED);
        } else if (kind == 1) {
            expected.put(job, JobStatus.REFUSED);
        } else {
            early.add(JobCommand.cancel(job, "no", NOON));
            expected.put(job, JobStatus.CANCELLED);
        }
    }

    private List<Event> workOn(PromptSubmitted prompt) {
        JobId job = prompt.jobId();
        JobSpec spec = ((Decision.Accepted) admission.decide(prompt)).spec();
        List<Event> events = new ArrayList<>();
        int second = 0;
        for (Stage stage : List.of(Stage.TEXT_CONDITIONING, Stage.DENOISING, Stage.DECODING)) {
            events.add(progress(job, stage, second++, new ProgressDetail.Started(1)));
            for (int step = 1; step <= 5; step++) {
                events.add(progress(job, stage, second++, new ProgressDetail.Step(step, 5)));
            }
            events.add(progress(job, stage, second++, new ProgressDetail.Finished(5)));
        }
        events.add(Fixtures.conditioned(job, spec));
        events.add(Fixtures.denoised(job, spec));
        events.add(Fixtures.decoded(job, spec));
        return events;
    }

    private static void sendTwice(Harness harness, List<Event> events, Random random) {
        List<Event> twice = new ArrayList<>(events);
        twice.addAll(events);
        Collections.shuffle(twice, random);
        twice.forEach(harness::send);
    }

    private static void checkStates(List<JobState> states, Map<JobId, JobStatus> expected) {
        Set<JobId> done = new HashSet<>();
        Map<JobId, JobState> last =
                states.stream().collect(Collectors.toMap(JobState::jobId, Function.identity(), (a, b) -> b));
        for (JobState state : states) {
            assertThat(done).as("no state follows the last one").doesNotContain(state.jobId());
            if (state.status().isDone()) {
                done.add(state.jobId());
            }
        }
        expected.forEach((job, status) -> assertThat(last.get(job).status()).isEqualTo(status));
    }
}
