package dev.galatea.gateway.api;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;

import io.smallrye.mutiny.Uni;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.galatea.events.EventPublisher;
import dev.galatea.gateway.Fixtures;
import dev.galatea.gateway.Settings;
import dev.galatea.gateway.body.Upload;
import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.jobs.JobsInMemory;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.store.ObjectStore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Submission on the real topology of the job states; the test plays the broker and admission. */
class VideoSubmissionsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String SENTENCE = Fixtures.spec().prompt();

    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final Set<String> stored = ConcurrentHashMap.newKeySet();
    private final AtomicInteger puts = new AtomicInteger();
    private final ObjectStore store = store();
    private final JobsInMemory known = new JobsInMemory(threads);
    private final List<Event> published = Collections.synchronizedList(new ArrayList<>());
    private volatile Function<Event, CompletionStage<Void>> broker = event -> CompletableFuture.completedStage(null);

    @AfterEach
    void close() {
        threads.shutdown();
        known.close();
    }

    @Test
    void shouldPublishAll_beforeTheBrokerHasAny() {
        broker = event -> new CompletableFuture<>();

        submissions().submit(order(prompts(3))).subscribe().with(video -> {}, failure -> {});

        Awaitility.await().atMost(PATIENCE).until(() -> published.size() == 3);
    }

    @Test
    void shouldNameTheWholeBatch_whenAllAreAccepted() {
        broker = event -> admit(event, JobStatus.QUEUED);
        List<PromptSubmitted> prompts = prompts(3);

        Video video = await(submissions().submit(order(prompts)));

        assertThat(video.batch()).isEqualTo(ids(prompts));
        assertThat(video.id()).isEqualTo(video.batch().get(0));
        assertThat(video.job()).isNotNull();
        assertThat(known.subscriptions()).isZero();
    }

    @Test
    void shouldAnswerQueued_whenAdmissionIsSilent() {
        PromptSubmitted prompt = prompt(SENTENCE);

        Video video = await(submissions("admission-wait", "50ms").submit(VideoOrder.of(prompt)));

        assertThat(video.status()).isEqualTo("queued");
        assertThat(video.job()).isNull();
        assertThat(known.recent().find(prompt.jobId())).isPresent();
        assertThat(known.subscriptions()).isZero();
    }

    @Test
    void shouldForgetASubmission_whoseStateCameBeforeItWasRemembered() {
        PromptSubmitted prompt = prompt(SENTENCE);
        broker = event -> {
            CompletionStage<Void> admitted = admit(event, JobStatus.QUEUED);
            known.recent().add(prompt, Instant.now());
            return admitted;
        };

        await(submissions().submit(VideoOrder.of(prompt)));

        assertThat(known.recent().find(prompt.jobId())).isEmpty();
        assertThat(known.recent().underWay(Instant.now())).isZero();
    }

    @Test
    void shouldCancelTheRest_whenOneIsRefused() {
        List<PromptSubmitted> prompts = prompts(3);
        JobId refused = prompts.get(1).jobId();
        broker = event -> admit(event, event.jobId().equals(refused) ? JobStatus.REFUSED : JobStatus.QUEUED);

        assertThatThrownBy(() -> await(submissions().submit(order(prompts))))
                .isInstanceOf(ProblemException.class)
                .hasMessage("width: 1 is not valid");

        assertThat(cancelled())
                .containsExactlyInAnyOrder(
                        prompts.get(0).jobId(), prompts.get(2).jobId());
        assertThat(known.recent().find(refused)).isEmpty();
    }

    @Test
    void shouldCancelTheRest_whenOneIsTooLongForTheBroker() {
        List<PromptSubmitted> prompts = prompts(2);
        JobId tooLong = prompts.get(1).jobId();
        broker = event -> event instanceof PromptSubmitted && event.jobId().equals(tooLong)
                ? CompletableFuture.failedStage(new RecordTooLargeException())
                : admit(event, JobStatus.QUEUED);

        assertThatThrownBy(() -> await(submissions().submit(order(prompts))))
                .hasMessageContaining("longer than an event");

        assertThat(cancelled()).contains(prompts.get(0).jobId());
    }

    @Test
    void shouldAnswerTheRefusal_whenCancellingFails() {
        List<PromptSubmitted> prompts = prompts(2);
        broker = event -> event instanceof JobCommand
                ? CompletableFuture.failedStage(new TimeoutException("no broker"))
                : admit(event, event.jobId().equals(prompts.get(0).jobId()) ? JobStatus.REFUSED : JobStatus.QUEUED);

        assertThatThrownBy(() -> await(submissions().submit(order(prompts)))).hasMessage("width: 1 is not valid");
    }

    @Test
    void shouldCancelNothing_whenTheBrokerHasNone() {
        broker = event -> CompletableFuture.failedStage(new TimeoutException("no broker"));

        assertThatThrownBy(() -> await(submissions().submit(order(prompts(3)))))
                .hasMessage("the broker doesn't answer");

        assertThat(cancelled()).isEmpty();
    }

    @Test
    void shouldSayThatTheBrokerIsAway_whenItDoesNotAnswerInTime() {
        broker = event -> new CompletableFuture<>();
        PromptSubmitted prompt = prompt(SENTENCE);

        assertThatThrownBy(() -> await(submissions("publish-timeout", "50ms").submit(VideoOrder.of(prompt))))
                .hasMessage("the broker doesn't answer");

        assertThat(known.recent().find(prompt.jobId())).isEmpty();
        assertThat(known.subscriptions()).isZero();
    }

    @Test
    void shouldPublishNothing_whenTheQueueIsFull() {
        known.put(Fixtures.state(JobId.random(), JobStatus.QUEUED));

        assertThatThrownBy(() -> await(submissions("max-open-jobs", "3").submit(order(prompts(3)))))
                .hasMessageContaining("1 videos are queued or in progress");

        assertThat(published).isEmpty();
    }

    @Test
    void shouldAnswerAgain_whenTheJobsAreKnown() {
        List<PromptSubmitted> prompts = prompts(2);
        prompts.forEach(prompt -> known.put(Fixtures.state(prompt.jobId(), JobStatus.RUNNING)));

        Video video = await(submissions().submit(order(prompts)));

        assertThat(video.status()).isEqualTo("in_progress");
        assertThat(video.batch()).isEqualTo(ids(prompts));
        assertThat(published).isEmpty();
    }

    @Test
    void shouldHoldNoThread_whileAdmissionDecides() {
        VideoSubmissions submissions = submissions("admission-wait", "500ms");
        long start = System.nanoTime();

        List<Uni<Video>> many = IntStream.range(0, 200)
                .mapToObj(i -> submissions.submit(VideoOrder.of(prompt(SENTENCE))))
                .toList();
        List<Video> answers = Uni.join().all(many).andFailFast().await().atMost(PATIENCE);

        assertThat(answers).hasSize(200);
        // With a thread for each it would be 50 s on two.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        assertThat(known.subscriptions()).isZero();
    }

    @Test
    void shouldStoreOnce_whatSeveralVideosStartFrom() {
        broker = event -> admit(event, JobStatus.QUEUED);

        await(submissions().submit(orderWithPicture(prompts(3))));

        assertThat(puts).hasValue(1);
        assertThat(stored).hasSize(1);
    }

    @Test
    void shouldStoreNothing_whenTheQueueIsFull() {
        known.put(Fixtures.state(JobId.random(), JobStatus.QUEUED));

        assertThatThrownBy(() -> await(submissions("max-open-jobs", "3").submit(orderWithPicture(prompts(3)))))
                .hasMessageContaining("at most 3 are allowed");

        assertThat(puts).hasValue(0);
    }

    @Test
    void shouldLeaveNothing_whenAllAreRefused() {
        broker = event -> admit(event, JobStatus.REFUSED);

        assertThatThrownBy(() -> await(submissions().submit(orderWithPicture(prompts(2)))))
                .hasMessage("width: 1 is not valid");

        assertThat(puts).hasValue(1);
        assertThat(stored).isEmpty();
    }

    @Test
    void shouldKeepThePicture_whenOneIsAccepted() {
        List<PromptSubmitted> prompts = prompts(2);
        broker = event ->
                admit(event, event.jobId().equals(prompts.get(0).jobId()) ? JobStatus.REFUSED : JobStatus.QUEUED);

        assertThatThrownBy(() -> await(submissions().submit(orderWithPicture(prompts))))
                .hasMessage("width: 1 is not valid");

        assertThat(stored).hasSize(1);
    }

    @Test
    void shouldCountWhatIsUnderWay() {
        broker = event -> new CompletableFuture<>();
        VideoSubmissions submissions = submissions("max-open-jobs", "3");
        AtomicInteger refused = new AtomicInteger();

        IntStream.range(0, 60).forEach(i -> submissions
                .submit(VideoOrder.of(prompt(SENTENCE)))
                .subscribe()
                .with(video -> {}, failure -> refused.incrementAndGet()));

        Awaitility.await().atMost(PATIENCE).until(() -> refused.get() == 57 && published.size() == 3);
    }

    @Test
    void shouldHaveRoomAgain_whenNothingCameOfASubmission() {
        VideoSubmissions submissions = submissions("max-open-jobs", "1");
        broker = event -> CompletableFuture.failedStage(new TimeoutException("no broker"));
        assertThatThrownBy(() -> await(submissions.submit(VideoOrder.of(prompt(SENTENCE)))))
                .hasMessage("the broker doesn't answer");

        broker = event -> admit(event, JobStatus.QUEUED);

        assertThat(await(submissions.submit(VideoOrder.of(prompt(SENTENCE)))).status())
                .isEqualTo("queued");
    }

    private static VideoOrder order(List<PromptSubmitted> prompts) {
        return new VideoOrder(prompts, List.of());
    }

    private static VideoOrder orderWithPicture(List<PromptSubmitted> prompts) {
        Upload picture = Upload.of(new byte[] {1, 2, 3});
        ObjectRef object = new ObjectRef(
                "galatea",
                ObjectKeys.upload(prompts.get(0).jobId(), picture.digest()),
                Upload.MEDIA_TYPE,
                picture.bytes(),
                picture.digest());
        return new VideoOrder(prompts, List.of(new VideoOrder.Attachment(object, picture)));
    }

    private ObjectStore store() {
        return (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    String key = (String) arguments[0];
                    if (method.getName().equals("put")) {
                        puts.incrementAndGet();
                        stored.add(key);
                    } else {
                        stored.remove(key);
                    }
                    return null;
                });
    }

    private VideoSubmissions submissions(String... settings) {
        GatewayConfig config = Settings.of(settings);
        VideoLookup videos = new VideoLookup(known.jobs(), known.recent(), config.retryAfter(), Duration.ofDays(7));
        EventSender events = new EventSender(new Broker(), threads, config.publishTimeout(), config.retryAfter());
        Attachments attachments = new Attachments(store, threads, config.retryAfter());
        return new VideoSubmissions(config, events, known.jobs(), videos, known.recent(), attachments);
    }

    private CompletionStage<Void> admit(Event event, JobStatus status) {
        if (event instanceof PromptSubmitted) {
            Failure failure = status == JobStatus.REFUSED
                    ? new Failure(FailureCause.POISON, "invalid_size", "width: 1 is not valid")
                    : null;
            known.put(Fixtures.state(event.jobId(), status, null, failure));
        }
        return CompletableFuture.completedStage(null);
    }

    private List<JobId> cancelled() {
        return published.stream()
                .filter(event -> event instanceof JobCommand command && command.action() == JobCommand.Action.CANCEL)
                .map(Event::jobId)
                .toList();
    }

    private static List<PromptSubmitted> prompts(int count) {
        return IntStream.range(0, count).mapToObj(i -> prompt(SENTENCE)).toList();
    }

    private static PromptSubmitted prompt(String text) {
        return PromptSubmitted.of(JobId.random(), text);
    }

    private static List<String> ids(List<PromptSubmitted> prompts) {
        return prompts.stream().map(prompt -> prompt.jobId().toString()).toList();
    }

    private static Video await(Uni<Video> video) {
        return video.await().atMost(PATIENCE);
    }

    private final class Broker implements EventPublisher {

        @Override
        public void publish(CloudEvent event) {
            throw new UnsupportedOperationException("would block");
        }

        @Override
        public CompletionStage<Void> publishAsync(CloudEvent event) {
            published.add(event.event());
            return broker.apply(event.event());
        }
    }
}
