package dev.galatea.textconditioning;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

import jakarta.inject.Inject;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobAccepted;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.DType;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.model.tensor.TensorRef;
import dev.galatea.stage.CancelledJobs;
import dev.galatea.store.ObjectStore;
import dev.galatea.store.TensorStore;
import dev.galatea.testsupport.BrokerClient;
import dev.galatea.testsupport.ExampleSpecs;
import dev.galatea.testsupport.SharedSystemResource;
import dev.galatea.textconditioning.embedding.EmbeddingCache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
@QuarkusTestResource(TestBundle.class)
class TextConditioningStageTest {

    @Inject
    TensorStore tensors;

    @Inject
    ObjectStore objects;

    @Inject
    CancelledJobs cancelledJobs;

    private BrokerClient broker;

    @BeforeEach
    void connect() {
        broker = new BrokerClient(
                EventType.PROMPT_CONDITIONED.topic(), EventType.PROGRESS.topic(), EventType.DEAD_LETTER_TOPIC);
    }

    @AfterEach
    void disconnect() {
        broker.close();
    }

    @Test
    void shouldConditionAnAcceptedJob() throws Exception {
        JobId jobId = JobId.random();
        JobSpec spec = spec("a red ball bounces under a blue sky", TestBundle.digest());
        accept(jobId, spec);
        PromptConditioned output = broker.await(PromptConditioned.class, jobId, any -> true);
        assertThat(output.spec()).isEqualTo(spec);
        assertThat(output.prompt().dtype()).isEqualTo(DType.F32);
        assertThat(output.prompt().shape()).containsExactly(11L, 384L);
        assertThat(output.negativePrompt().shape()).containsExactly(2L, 384L);
        assertThat(tensors.read(output.prompt()).floats()[0]).isCloseTo(0.337362f, within(1e-4f));
        ConsumerRecord<byte[], byte[]> record =
                broker.records(PromptConditioned.class, jobId).get(0);
        assertThat(new String(BrokerClient.headers(record).get(CloudEvent.ID), UTF_8))
                .isEqualTo(EventIds.of(jobId, EventType.PROMPT_CONDITIONED).toString());
        broker.await(Progress.class, jobId, progress -> progress.detail() instanceof ProgressDetail.Finished);
    }

    @Test
    void shouldReferToTheSameObjects_whenTheTextIsTheSame() throws Exception {
        JobSpec spec = spec("a green cube " + UUID.randomUUID(), TestBundle.digest());
        PromptConditioned first = condition(spec);
        PromptConditioned second = condition(spec);
        assertThat(second.prompt()).isEqualTo(first.prompt());
        assertThat(second.negativePrompt()).isEqualTo(first.negativePrompt());
    }

    @Test
    void shouldMakeEmbeddingsAnew_whenTheStoredOnesAreAlteredOrGone() throws Exception {
        JobSpec spec = spec("a yellow star " + UUID.randomUUID(), TestBundle.digest());
        PromptConditioned first = condition(spec);
        objects.put(first.prompt().key(), "application/octet-stream", "not embeddings".getBytes(UTF_8));
        PromptConditioned second = condition(spec);
        assertThat(tensors.read(second.prompt()).shape())
                .containsExactly(tensors.read(first.prompt()).shape());
        objects.delete(first.prompt().key());
        PromptConditioned third = condition(spec);
        assertThat(tensors.read(third.prompt()).floats()).hasSizeGreaterThan(384);
    }

    @Test
    void shouldNotReadAgain_whatWasVerifiedAMomentAgo() throws Exception {
        EmbeddingCache cache = new EmbeddingCache(objects, 10, Duration.ofMinutes(1));
        Sha256 encoder = Sha256.of(UUID.randomUUID().toString().getBytes(UTF_8));
        Tensor embeddings = Tensor.f32(new long[] {1, 2}, new float[] {3, 4});
        TensorRef made = cache.get(encoder, "a red ball", text -> embeddings);
        TensorRef read = cache.get(encoder, "a red ball", text -> fail("was not found"));
        objects.put(made.key(), "application/octet-stream", "not embeddings".getBytes(UTF_8));
        TensorRef remembered = cache.get(encoder, "a red ball", text -> fail("was read again"));
        assertThat(read).isEqualTo(made);
        assertThat(remembered).isEqualTo(made);
    }

    @Test
    void shouldDeadLetterWhatIsNoEvent_andGoOn() throws Exception {
        String key = UUID.randomUUID().toString();
        broker.send(EventType.JOB_ACCEPTED, key.getBytes(UTF_8), "{".getBytes(UTF_8), Map.of());
        ConsumerRecord<byte[], byte[]> letter = broker.awaitDeadLetter(key);
        assertThat(letter.value()).isEqualTo("{".getBytes(UTF_8));
        assertThat(new String(BrokerClient.headers(letter).get("dead-letter-code"), UTF_8))
                .isEqualTo("missing_header");
        condition(spec("a blue ring rolls", TestBundle.digest()));
    }

    @Test
    void shouldFailTheJobAndDeadLetter_whenTheBundleIsUnknown() throws Exception {
        JobId jobId = JobId.random();
        accept(jobId, spec("a white cloud", Sha256.of(new byte[] {1})));
        Progress failed =
                broker.await(Progress.class, jobId, progress -> progress.detail() instanceof ProgressDetail.Failed);
        assertThat(failed.stage()).isEqualTo(Stage.TEXT_CONDITIONING);
        assertThat(((ProgressDetail.Failed) failed.detail()).failure().code()).isEqualTo("unknown_bundle");
        ConsumerRecord<byte[], byte[]> letter = broker.awaitDeadLetter(jobId.toString());
        assertThat(new String(BrokerClient.headers(letter).get("dead-letter-code"), UTF_8))
                .isEqualTo("unknown_bundle");
    }

    @Test
    void shouldDropCancelledJobs() throws Exception {
        JobId jobId = JobId.random();
        broker.send(new CloudEvent(
                EventIds.random(), "/test", Instant.now(), JobCommand.cancel(jobId, "changed my mind", Instant.now())));
        await().until(() -> cancelledJobs.reasonFor(jobId).isPresent());
        accept(jobId, spec("never seen", TestBundle.digest()));
        condition(spec("a fence: what came before it is done", TestBundle.digest()));
        assertThat(broker.all(PromptConditioned.class, jobId)).isEmpty();
    }

    private PromptConditioned condition(JobSpec spec) throws Exception {
        JobId jobId = JobId.random();
        accept(jobId, spec);
        return broker.await(PromptConditioned.class, jobId, any -> true);
    }

    private void accept(JobId jobId, JobSpec spec) throws Exception {
        broker.send(new CloudEvent(
                EventIds.of(jobId, EventType.JOB_ACCEPTED),
                "/services/job-tracking",
                Instant.now(),
                new JobAccepted(jobId, spec, Instant.now())));
    }

    private static JobSpec spec(String prompt, Sha256 bundle) {
        return ExampleSpecs.text("words", bundle).withPrompt(prompt);
    }
}
