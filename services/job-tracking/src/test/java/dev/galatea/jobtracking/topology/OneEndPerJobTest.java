package dev.galatea.jobtracking.topology;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.jobtracking.Fixtures;
import dev.galatea.jobtracking.Fixtures.Prompts;
import dev.galatea.jobtracking.admission.Admission;
import dev.galatea.jobtracking.admission.Decision;
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
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;

import static dev.galatea.jobtracking.Fixtures.NOON;
import static dev.galatea.jobtracking.Fixtures.progress;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The invariant on which all others build: one terminal event per job id, whatever is written in which order, how
 * often, into which partition, with which headers and timestamps, and whatever times out meanwhile. Seeded.
 */
class OneEndPerJobTest {

    private static final int PARTITIONS = 3;
    private static final int JOBS = 15;

    /** Headers that mean something to some service, or did once. */
    private static final List<String> FORGED = List.of(
            "galatea-rerouted",
            PromptsLast.WRITTEN_AT,
            Handover.ORIGIN,
            "traceparent",
            "tracestate",
            CloudEvent.SUBJECT,
            CloudEvent.TIME,
            DeadLetterHeaders.SETTLES,
            DeadLetterHeaders.SETTLEMENT,
            DeadLetterHeaders.TOPIC,
            DeadLetterHeaders.CUT_FROM);

    private final Admission admission = new Admission(Fixtures.catalogue(), Fixtures.MAX_PIXEL_STEPS);

    @TempDir
    Path stateDir;

    private Random random;
    private Tasks tasks;

    @RepeatedTest(12)
    void shouldEndEveryJobOnce_whateverComes(RepetitionInfo repetition) {
        random = new Random(repetition.getCurrentRepetition());
        List<Event> events = new ArrayList<>();
        List<JobId> jobs = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            jobs.add(addJob(events));
        }
        Collections.shuffle(events, random);
        try (Tasks running = new Tasks(stateDir, PARTITIONS)) {
            tasks = running;
            for (Event event : events) {
                send(event);
                if (random.nextInt(20) == 0) {
                    tasks.advance(Duration.ofMinutes(random.nextInt(70)));
                }
            }
            // Now all prompts are there, and whatever is still open is called off.
            jobs.forEach(job -> send(JobCommand.cancel(job, "the end", NOON)));

            check(jobs);
        }
    }

    private void check(List<JobId> jobs) {
        Map<JobId, JobStatus> ends = new HashMap<>();
        for (VideoFinished end : tasks.drain(EventType.VIDEO_FINISHED, VideoFinished.class)) {
            assertThat(ends.put(end.jobId(), end.status()))
                    .as("earlier end of %s", end.jobId())
                    .isNull();
        }
        assertThat(ends).containsOnlyKeys(jobs);
        Map<JobId, JobStatus> states = new HashMap<>();
        for (JobState state : tasks.drainStates()) {
            JobStatus before = states.put(state.jobId(), state.status());
            assertThat(before != null && before.isDone())
                    .as("%s after %s", state.status(), before)
                    .isFalse();
        }
        assertThat(states).isEqualTo(ends);
        // A stage that is silent is given the same acceptance again.
        Set<JobAccepted> acceptances = new HashSet<>(tasks.drain(EventType.JOB_ACCEPTED, JobAccepted.class));
        List<JobId> accepted = acceptances.stream().map(JobAccepted::jobId).toList();
        assertThat(accepted).doesNotHaveDuplicates();
        ends.forEach((job, status) -> {
            if (status == JobStatus.COMPLETED || status == JobStatus.FAILED || status == JobStatus.EXPIRED) {
                assertThat(accepted).contains(job);
            } else if (status == JobStatus.REFUSED) {
                assertThat(accepted).doesNotContain(job);
            }
        });
        assertThat(tasks.deadLetters()).isZero();
    }

    /** Some of everything that can happen to a job, each up to three times. */
    private JobId addJob(List<Event> events) {
        PromptSubmitted prompt =
                Prompts.prompt().steps(random.nextInt(5) == 0 ? -1 : 5).build();
        JobId job = prompt.jobId();
        times(1, events, prompt);
        if (random.nextInt(3) == 0) {
            events.add(PromptSubmitted.of(job, random.nextBoolean() ? "another prompt" : ""));
        }
        if (random.nextInt(3) == 0) {
            times(1, events, JobCommand.cancel(job, "no", NOON));
        }
        if (random.nextInt(3) == 0) {
            times(1, events, JobCommand.delete(job, "gone", NOON));
        }
        if (admission.decide(prompt) instanceof Decision.Accepted answer) {
            addWork(job, answer.spec(), events);
        }
        return job;
    }

    private void addWork(JobId job, JobSpec spec, List<Event> events) {
        int second = 0;
        for (Stage stage : List.of(Stage.TEXT_CONDITIONING, Stage.DENOISING, Stage.DECODING)) {
            times(0, events, progress(job, stage, second++, new ProgressDetail.Started(1 + random.nextInt(3))));
            times(0, events, progress(job, stage, second++, new ProgressDetail.Step(1 + random.nextInt(5), 5)));
            times(0, events, progress(job, stage, second++, new ProgressDetail.Finished(5)));
        }
        if (random.nextInt(4) == 0) {
            Failure failure = new Failure(FailureCause.POISON, "object_altered", "it is not what it was");
            times(1, events, progress(job, Stage.DENOISING, second, new ProgressDetail.Failed(failure)));
        }
        times(0, events, Fixtures.conditioned(job, spec));
        times(0, events, Fixtures.denoised(job, spec));
        times(0, events, Fixtures.decoded(job, spec));
    }

    private void times(int atLeast, List<Event> events, Event event) {
        events.addAll(Collections.nCopies(atLeast + random.nextInt(3), event));
    }

    private void send(Event event) {
        CloudEvent cloudEvent = new CloudEvent(new UUID(0, random.nextInt(4)), "/test", NOON, event);
        RecordHeaders headers = new RecordHeaders();
        cloudEvent.headers().forEach(headers::add);
        for (int i = random.nextInt(4); i > 0; i--) {
            headers.add(FORGED.get(random.nextInt(FORGED.size())), forgedValue(cloudEvent));
        }
        tasks.send(cloudEvent, headers, random.nextInt(PARTITIONS), time());
    }

    private byte[] forgedValue(CloudEvent event) {
        return switch (random.nextInt(4)) {
            case 0 -> null;
            case 1 -> new byte[random.nextInt(9)];
            case 2 -> "0/0".getBytes(UTF_8);
            default -> event.key();
        };
    }

    private Instant time() {
        return switch (random.nextInt(6)) {
            case 0 -> NOON.minus(Duration.ofDays(1));
            case 2 -> Instant.EPOCH;
            case 1 -> Instant.now().plus(Duration.ofDays(400));
            default -> NOON.plusSeconds(random.nextInt(3600));
        };
    }
}
