package dev.galatea.gateway.api;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.galatea.gateway.Fixtures;
import dev.galatea.gateway.jobs.JobsInMemory;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.id.JobId;

import static org.assertj.core.api.Assertions.assertThat;

/** Event streams on the real topology of the job states; the test is the thread that reads from the broker. */
class EventStreamsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SELDOM = Duration.ofHours(1);
    private static final int STEPS = 5000;

    private final ExecutorService threads = Executors.newFixedThreadPool(2, task -> new Thread(task, "event-worker"));
    private final JobsInMemory known = new JobsInMemory(threads);
    private final GatewayStop stop = new GatewayStop();
    private final JobId job = JobId.random();

    @AfterEach
    void close() {
        threads.shutdown();
        known.close();
    }

    @Test
    void shouldTellThePastAndThenTheRest_toWhoeverJoinsLate() {
        put(JobStatus.RUNNING);
        report(1);
        AssertSubscriber<StreamEvent> reader = read(streams(SELDOM).ofJob(job, null), Long.MAX_VALUE);
        awaitItems(reader, 2);

        report(2);
        put(JobStatus.COMPLETED);

        reader.awaitCompletion(PATIENCE);
        assertThat(reader.getItems().stream().map(EventStreamsTest::shown))
                .containsExactly("state in_progress", "step 1", "step 2", "state completed");
        assertThat(known.subscriptions()).isZero();
    }

    @Test
    void shouldEnd_whenTheVideoIsDoneAlready() {
        put(JobStatus.RUNNING);
        report(1);
        put(JobStatus.COMPLETED);

        AssertSubscriber<StreamEvent> reader = read(streams(SELDOM).ofJob(job, null), Long.MAX_VALUE);

        reader.awaitCompletion(PATIENCE);
        assertThat(reader.getItems().stream().map(EventStreamsTest::shown))
                .containsExactly("state completed", "step 1", "state completed");
    }

    @Test
    void shouldContinueAfterTheLastId() {
        put(JobStatus.RUNNING);
        report(1);
        report(2);
        report(3);

        AssertSubscriber<StreamEvent> reader = read(streams(SELDOM).ofJob(job, "0-1"), Long.MAX_VALUE);
        awaitItems(reader, 2);

        assertThat(reader.getItems().stream().map(EventStreamsTest::shown))
                .containsExactly("state in_progress", "step 3");
        assertThat(reader.getItems().get(1).id()).isEqualTo("0-2");
        reader.cancel();
    }

    @Test
    void shouldTellAFastReaderEverything_andASlowOneTheEnd() {
        put(JobStatus.RUNNING);
        AssertSubscriber<StreamEvent> slow = read(streams(SELDOM).ofJob(job, null), 1);
        AssertSubscriber<StreamEvent> fast = read(streams(SELDOM).ofJob(job, null), Long.MAX_VALUE);
        awaitItems(slow, 1);
        awaitItems(fast, 1);

        for (int step = 1; step <= STEPS; step++) {
            report(step);
            int sent = step + 1;
            if (step % 100 == 0) {
                Awaitility.await().atMost(PATIENCE).until(() -> fast.getItems().size() >= sent);
            }
        }
        put(JobStatus.COMPLETED);
        fast.awaitCompletion(PATIENCE);
        slow.request(Long.MAX_VALUE).awaitCompletion(PATIENCE);

        assertThat(fast.getItems()).hasSize(STEPS + 2);
        assertThat(slow.getItems()).hasSizeLessThan(1100);
        assertThat(shown(slow.getItems().get(slow.getItems().size() - 1))).isEqualTo("state completed");
        assertThat(slow.getItems().stream().map(EventStreamsTest::shown)).contains("step " + STEPS);
        assertThat(known.subscriptions()).isZero();
    }

    @Test
    void shouldForgetAReader_whenItLeaves() {
        put(JobStatus.RUNNING);
        AssertSubscriber<StreamEvent> ofJob = read(streams(SELDOM).ofJob(job, null), Long.MAX_VALUE);
        AssertSubscriber<StreamEvent> ofAll = read(streams(SELDOM).ofAll(), 1);
        // Signed up by another thread: there is nothing to leave before.
        awaitItems(ofJob, 1);
        awaitItems(ofAll, 1);
        assertThat(known.subscriptions()).isEqualTo(4);

        ofJob.cancel();
        ofAll.cancel();

        assertThat(known.subscriptions()).isZero();
        report(1);
    }

    @Test
    void shouldBuildNothing_onTheThreadThatReadsFromTheBroker() {
        put(JobStatus.RUNNING);
        AssertSubscriber<String> reader = AssertSubscriber.create(Long.MAX_VALUE);
        streams(SELDOM)
                .ofAll()
                .map(event -> Thread.currentThread().getName())
                .subscribe()
                .withSubscriber(reader);

        report(1);
        put(JobStatus.COMPLETED);

        Awaitility.await().atMost(PATIENCE).until(() -> reader.getItems().size() == 3);
        assertThat(reader.getItems()).containsOnly("event-worker");
        reader.cancel();
    }

    @Test
    void shouldFail_whenThereIsNoVideo() {
        AssertSubscriber<StreamEvent> reader = read(streams(SELDOM).ofJob(job, null), 1);

        reader.awaitFailure(PATIENCE).assertFailedWith(ProblemException.class, "there is no video");
        assertThat(known.subscriptions()).isZero();
    }

    @Test
    void shouldSayThatItIsAlive_andTellOfAnotherPlaceInTheQueue() {
        JobId ahead = JobId.random();
        known.put(Fixtures.state(ahead, JobStatus.QUEUED));
        JobId waiting = JobId.random();
        known.put(Fixtures.state(waiting, JobStatus.QUEUED));
        JobId second = ahead.compareTo(waiting) < 0 ? waiting : ahead;
        JobId first = second == waiting ? ahead : waiting;
        AssertSubscriber<StreamEvent> reader =
                read(streams(Duration.ofMillis(50)).ofJob(second, null), Long.MAX_VALUE);
        Awaitility.await().atMost(PATIENCE).until(() -> reader.getItems().contains(StreamEvent.HEARTBEAT));

        known.put(Fixtures.state(first, JobStatus.CANCELLED));

        Awaitility.await().atMost(PATIENCE).until(() -> places(reader).equals(List.of(2, 1)));
        reader.cancel();
    }

    @Test
    void shouldEnd_whenTheGatewayBeginsToStop() {
        put(JobStatus.RUNNING);
        AssertSubscriber<StreamEvent> ofJob = read(streams(SELDOM).ofJob(job, null), Long.MAX_VALUE);
        AssertSubscriber<StreamEvent> ofAll = read(streams(SELDOM).ofAll(), Long.MAX_VALUE);
        awaitItems(ofJob, 1);
        awaitItems(ofAll, 1);

        stop.begin(new ShutdownDelayInitiatedEvent());

        ofJob.awaitCompletion(PATIENCE);
        ofAll.awaitCompletion(PATIENCE);
        assertThat(known.subscriptions()).isZero();
        read(streams(SELDOM).ofAll(), Long.MAX_VALUE).awaitCompletion(PATIENCE);
    }

    private EventStreams streams(Duration heartbeat) {
        VideoLookup videos = new VideoLookup(known.jobs(), known.recent(), Duration.ofSeconds(5), Duration.ofDays(7));
        return new EventStreams(known.jobs(), known.log(), videos, stop, threads, heartbeat);
    }

    private static AssertSubscriber<StreamEvent> read(Multi<StreamEvent> events, long requested) {
        return events.subscribe().withSubscriber(AssertSubscriber.create(requested));
    }

    private static void awaitItems(AssertSubscriber<StreamEvent> reader, int count) {
        Awaitility.await().atMost(PATIENCE).until(() -> reader.getItems().size() >= count);
    }

    private static List<Integer> places(AssertSubscriber<StreamEvent> reader) {
        return reader.getItems().stream()
                .filter(event -> event.data() instanceof Video)
                .map(event -> ((Video) event.data()).job().queuePosition())
                .toList();
    }

    private void put(JobStatus status) {
        known.put(Fixtures.state(job, status));
    }

    private void report(int step) {
        known.report(job, new ProgressDetail.Step(step, STEPS));
    }

    private static String shown(StreamEvent event) {
        if (event.data() instanceof Video video) {
            return "state " + video.status();
        }
        return event.data() instanceof ProgressMessage report ? "step " + report.step() : "comment";
    }
}
