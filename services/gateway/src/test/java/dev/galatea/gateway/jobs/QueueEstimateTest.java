package dev.galatea.gateway.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Function;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.gateway.Fixtures;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.Pool;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageState;
import dev.galatea.model.id.JobId;

import static org.assertj.core.api.Assertions.assertThat;

/** Places and times of a crowd, against what its simulated workers then need. */
class QueueEstimateTest {

    private static final int JOBS = 50;
    private static final int STEPS = 20;
    private static final double TOLERANCE = 0.3;
    private static final double CONDITIONING = 0.05;
    private static final double DENOISING = 10;
    private static final double DECODING = 2.5;

    private final Random random = new Random(7);
    private final List<Job> jobs = new ArrayList<>();

    /** What is going to happen to a job, in seconds from the moment when all were submitted. */
    private record Job(JobId id, Instant submittedAt, double begins, double denoised, double decodes, double done) {

        JobState at(double now) {
            StageState prepared = stage(Stage.TEXT_CONDITIONING, 0, 1.0);
            List<StageState> stages = new ArrayList<>(List.of(prepared));
            if (now >= begins) {
                int step = (int) Math.min(STEPS, STEPS * (now - begins) / (denoised - begins));
                stages.add(stage(Stage.DENOISING, step, now >= denoised ? denoised - begins : null));
            }
            if (now >= decodes) {
                stages.add(stage(Stage.DECODING, 0, now >= done ? done - decodes : null));
            }
            JobStatus status = now < begins ? JobStatus.QUEUED : now < done ? JobStatus.RUNNING : JobStatus.COMPLETED;
            JobState state =
                    Fixtures.state(id, now >= done ? JobStatus.RUNNING : status, stages.toArray(StageState[]::new));
            return state.with(next -> next.submittedAt(submittedAt).status(status));
        }

        private StageState stage(Stage stage, int step, Double seconds) {
            Instant finished = seconds == null ? null : submittedAt.plusSeconds(1);
            return new StageState(
                    stage, 1, step, step == 0 ? 0 : STEPS, submittedAt, finished, seconds, "w", null, List.of());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldTellWhenEachJobOfACrowdIsDone(int workers) {
        submitAll(workers);
        for (double now : new double[] {0.5, DENOISING * 10.5 / workers, DENOISING * 30 / workers}) {
            OpenJobs open = new OpenJobs();
            QueueEstimate estimate = new QueueEstimate(open, learned());
            jobs.stream().map(job -> job.at(now)).forEach(open::changed);
            int waiting = 0;
            for (Job job : jobs) {
                JobState state = job.at(now);
                if (!state.status().isDone()) {
                    Forecast forecast = estimate.of(state);
                    double left = job.done() - now;
                    assertThat(forecast.seconds().orElseThrow())
                            .as("job %d at %s", jobs.indexOf(job), now)
                            .isBetween(left * (1 - TOLERANCE) - 1, left * (1 + TOLERANCE) + DECODING);
                    boolean waits = state.status() == JobStatus.QUEUED;
                    assertThat(forecast.position().isPresent()).isEqualTo(waits);
                    waiting += waits ? 1 : 0;
                }
            }
            assertThat(waiting).isGreaterThan(10);
        }
    }

    @Test
    void shouldCountEverythingBeforeAJob() {
        submitAll(1);
        OpenJobs open = new OpenJobs();
        QueueEstimate estimate = new QueueEstimate(open, learned());
        Function<Integer, Forecast> of = index -> estimate.of(jobs.get(index).at(0.5));
        jobs.stream().map(job -> job.at(0.5)).forEach(open::changed);

        assertThat(of.apply(0).position()).as("it is being made").isEmpty();
        assertThat(of.apply(1).position()).hasValue(2);
        assertThat(of.apply(40).position()).hasValue(41);
        assertThat(of.apply(40).seconds().orElseThrow())
                .isGreaterThan(30 * of.apply(1).seconds().orElseThrow() / 2);
        JobState next = Fixtures.state(JobId.random(), JobStatus.QUEUED);
        assertThat(estimate.of(next).position()).hasValue(JOBS + 1);
        assertThat(estimate.of(next).seconds().orElseThrow())
                .isGreaterThan(of.apply(49).seconds().orElseThrow());
    }

    @Test
    void shouldSayNothingOfTimes_asLongAsNoJobHasShownThem() {
        submitAll(1);
        OpenJobs open = new OpenJobs();
        jobs.stream().map(job -> job.at(0.5)).forEach(open::changed);

        assertThat(new QueueEstimate(open, new RemainingWork()).of(jobs.get(9).at(0.5)))
                .satisfies(forecast -> assertThat(forecast.seconds()).isEmpty())
                .satisfies(forecast -> assertThat(forecast.position()).hasValue(10));
    }

    @Test
    void shouldCountTheJobsOfTheSamePoolOnly() {
        Pool large = new Pool("wan-14b");
        OpenJobs open = new OpenJobs();
        QueueEstimate estimate = new QueueEstimate(open, learned());
        List<JobState> mixed = new ArrayList<>();
        for (Pool pool : List.of(large, Pool.DEFAULT, large, Pool.DEFAULT, Pool.DEFAULT)) {
            Instant submitted = Fixtures.NOON.plusSeconds(mixed.size());
            mixed.add(Fixtures.pooled(JobId.random(), JobStatus.QUEUED, pool).withSubmittedAt(submitted));
        }
        open.replaceBy(mixed);

        assertThat(mixed)
                .extracting(job -> estimate.of(job).position().getAsInt())
                .containsExactly(1, 1, 2, 2, 3);
        assertThat(mixed.subList(0, 2))
                .as("the first of each pool has workers of its own")
                .allSatisfy(job ->
                        assertThat(estimate.of(job).seconds().orElseThrow()).isLessThan(DENOISING + DECODING + 1));
        JobState later = Fixtures.pooled(JobId.random(), JobStatus.QUEUED, large);
        assertThat(estimate.of(later).position()).hasValue(3);
        assertThat(estimate.of(Fixtures.pooled(JobId.random(), JobStatus.QUEUED, new Pool("empty")))
                        .position())
                .hasValue(1);
    }

    /** All at once: one after the other is taken by the worker of each stage that is free first. */
    private void submitAll(int workers) {
        PriorityQueue<Double> denoisers = new PriorityQueue<>();
        PriorityQueue<Double> decoders = new PriorityQueue<>();
        for (int i = 0; i < workers; i++) {
            denoisers.add(0.1);
        }
        decoders.add(0.0);
        for (int i = 0; i < JOBS; i++) {
            double begins = denoisers.remove();
            double denoised = begins + about(DENOISING);
            denoisers.add(denoised);
            double decodes = Math.max(denoised, decoders.remove());
            double done = decodes + about(DECODING);
            decoders.add(done);
            Instant submitted = Fixtures.NOON.plus(Duration.ofMillis(i));
            jobs.add(new Job(JobId.random(), submitted, begins, denoised, decodes, done));
        }
    }

    private double about(double seconds) {
        return seconds * (0.9 + 0.2 * random.nextDouble());
    }

    /** One job of the same kind was made before. */
    private static RemainingWork learned() {
        RemainingWork remaining = new RemainingWork();
        Instant then = Fixtures.NOON;
        remaining.learn(Fixtures.state(
                JobId.random(),
                JobStatus.COMPLETED,
                new StageState(Stage.TEXT_CONDITIONING, 1, 0, 0, then, then, CONDITIONING, "w", null, List.of()),
                new StageState(Stage.DENOISING, 1, STEPS, STEPS, then, then, DENOISING, "w", null, List.of()),
                new StageState(Stage.DECODING, 1, 0, 0, then, then, DECODING, "w", null, List.of())));
        return remaining;
    }
}
