package dev.galatea.gateway.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.smallrye.mutiny.Uni;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.events.EventPublisher;
import dev.galatea.gateway.Fixtures;
import dev.galatea.gateway.Settings;
import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.jobs.JobsInMemory;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.id.JobId;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What an Idempotency-Key promises, one row each, from the body of a request to admission, which the test plays. */
class IdempotencyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String KEY = "a key";
    private static final String BODY = "{\"prompt\": \"a red ball\", \"seconds\": 2, \"seed\": 7}";

    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final JobsInMemory known = new JobsInMemory(threads);
    private final List<Event> published = Collections.synchronizedList(new ArrayList<>());
    private final Map<JobId, PromptSubmitted> taken = new HashMap<>();
    private volatile int admitted = Integer.MAX_VALUE;

    @AfterEach
    void close() {
        threads.shutdown();
        known.close();
    }

    @Test
    void shouldAnswerTheSame_whenTheRequestIsTheSame() {
        String first = order(BODY).id();

        assertThat(order(BODY).id()).isEqualTo(first);
        assertThat(order("{\"seed\": \"7\", \"n\": 1, \"seconds\": \"2.0\", \"prompt\": \"a red ball\"}")
                        .id())
                .as("the same in other words")
                .isEqualTo(first);
        assertThat(published).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"prompt\": \"a red ball\", \"seconds\": 3, \"seed\": 7}",
                "{\"prompt\": \"a red ball\", \"seconds\": 2}",
                "{\"prompt\": \"a red ball\"}",
                "{\"prompt\": \"a blue ball\", \"seconds\": 2, \"seed\": 7}",
                "{\"prompt\": \"a red ball\", \"seconds\": 2, \"seed\": 7, \"n\": 3}",
                "{\"prompt\": \"a red ball\", \"seconds\": 2, \"seed\": 7, \"negative_prompt\": \"\"}",
                "{\"prompt\": \"a red ball\", \"seconds\": 2, \"seed\": 7, \"num_inference_steps\": 20}"
            })
    void shouldRefuse_whenTheRequestIsAnother(String other) {
        order(BODY);

        assertThatThrownBy(() -> order(other))
                .isInstanceOf(ProblemException.class)
                .hasMessageStartingWith("Idempotency-Key: was used for another request");
        assertThat(published).hasSize(1);
    }

    @Test
    void shouldRefuse_whenSeveralWereAskedForAndNowOneIs() {
        String three = BODY.replace("}", ", \"n\": 3}");
        assertThat(order(three).batch()).hasSize(3);

        assertThatThrownBy(() -> order(BODY)).hasMessageContaining("another request");
        assertThat(order(three).batch()).hasSize(3);
        assertThat(published).hasSize(3);
    }

    @Test
    void shouldRefuseAgain_whatWasRefused_andWhatWasCorrected() {
        String refused = "{\"prompt\": \"refuse: it\", \"n\": 2}";
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> order(refused)).hasMessage("size: 1 is not valid");
        }

        assertThatThrownBy(() -> order("{\"prompt\": \"a red ball\", \"n\": 2}"))
                .hasMessageContaining("another request");
        assertThat(published).hasSize(2);
    }

    @Test
    void shouldMakeOne_whenFourDifferentOnesComeAtOnce() {
        List<String> answers = atOnce(i -> "{\"prompt\": \"ball " + i + "\"}");

        assertThat(answers)
                .containsOnlyOnce("video")
                .filteredOn(answer -> !answer.equals("video"))
                .hasSize(3)
                .allSatisfy(answer -> assertThat(answer).contains("another request"));
    }

    @Test
    void shouldAnswerAll_whenFourOfTheSameComeAtOnce() {
        assertThat(atOnce(i -> BODY)).containsExactly("video", "video", "video", "video");
        assertThat(taken).hasSize(1);
    }

    @Test
    void shouldTellThemApart_whileAdmissionIsSilent() {
        admitted = 0;
        String first = order(BODY).id();

        assertThat(order(BODY).id()).isEqualTo(first);
        assertThatThrownBy(() -> order(BODY.replace("7", "8"))).hasMessageContaining("another request");
    }

    @Test
    void shouldPublishWhatIsMissing_whenOnlyAPartWasPublished() {
        String three = BODY.replace("}", ", \"n\": 3}");
        List<PromptSubmitted> prompts = prompts(three);
        admit(prompts.get(0));

        assertThat(order(three).batch()).hasSize(3);
        assertThat(published).containsExactlyInAnyOrder(prompts.get(1), prompts.get(2));
    }

    @Test
    void shouldRefuse_whenTheVideoWasDeleted() {
        JobId job = JobId.parse(order(BODY).id());
        known.forget(job);

        assertThatThrownBy(() -> order(BODY)).hasMessageContaining("which was deleted");
    }

    private List<String> atOnce(java.util.function.IntFunction<String> body) {
        VideoSubmissions submissions = submissions();
        List<Uni<String>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            List<PromptSubmitted> prompts = prompts(body.apply(i));
            all.add(Uni.createFrom()
                    .deferred(() -> submissions.submit(new VideoOrder(prompts, List.of())))
                    .map(video -> "video")
                    .onFailure()
                    .recoverWithItem(Throwable::getMessage)
                    .runSubscriptionOn(threads));
        }
        return Uni.join().all(all).andFailFast().await().atMost(PATIENCE);
    }

    private Video order(String body) {
        return submissions()
                .submit(new VideoOrder(prompts(body), List.of()))
                .await()
                .atMost(PATIENCE);
    }

    private static List<PromptSubmitted> prompts(String body) {
        VideoRequest request = VideoRequest.of(VideoRequest.json(body.getBytes(UTF_8)));
        List<PromptSubmitted> prompts = new ArrayList<>();
        for (int index = 0; index < request.count(10); index++) {
            prompts.add(request.toPrompt(IdempotencyKey.jobId(KEY, index), index, null));
        }
        return IdempotencyKey.sign(KEY, prompts, prompts);
    }

    private VideoSubmissions submissions() {
        GatewayConfig config = Settings.of("admission-wait", admitted == 0 ? "50ms" : "10s");
        VideoLookup videos = new VideoLookup(known.jobs(), known.recent(), config.retryAfter(), Duration.ofDays(7));
        EventSender events = new EventSender(new Broker(), threads, config.publishTimeout(), config.retryAfter());
        // Nothing is attached, so there is nothing to store.
        Attachments attachments = new Attachments(null, threads, config.retryAfter());
        return new VideoSubmissions(config, events, known.jobs(), videos, known.recent(), attachments);
    }

    /** As job-tracking does: the first prompt of an id is taken, and its digest; no other changes anything. */
    private synchronized void admit(PromptSubmitted prompt) {
        if (taken.size() >= admitted) {
            return;
        }
        if (taken.containsKey(prompt.jobId())) {
            if (known.jobs().find(prompt.jobId()).await().atMost(PATIENCE).isEmpty()) {
                known.forget(prompt.jobId());
            }
            return;
        }
        taken.put(prompt.jobId(), prompt);
        boolean refused = prompt.prompt().startsWith("refuse:");
        Failure failure = refused ? Failure.invalid("invalid_size", "size", "1 is not valid") : null;
        known.put(Fixtures.state(prompt.jobId(), refused ? JobStatus.REFUSED : JobStatus.QUEUED, null, failure)
                .with(state -> state.prompt(prompt.prompt()).requestDigest(prompt.requestDigest())));
    }

    private final class Broker implements EventPublisher {

        @Override
        public void publish(CloudEvent event) {
            throw new UnsupportedOperationException("would block");
        }

        @Override
        public CompletionStage<Void> publishAsync(CloudEvent event) {
            published.add(event.event());
            if (event.event() instanceof PromptSubmitted prompt) {
                admit(prompt);
            }
            return CompletableFuture.completedStage(null);
        }
    }
}
