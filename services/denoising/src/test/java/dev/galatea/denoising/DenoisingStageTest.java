package dev.galatea.denoising;

import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import javax.imageio.ImageIO;

import jakarta.inject.Inject;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.events.EventPublisher;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.failure.ReleasedException;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.SafeTensorsFile;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.model.tensor.TensorRef;
import dev.galatea.stage.ProgressReporter;
import dev.galatea.store.ObjectStore;
import dev.galatea.store.TensorStore;
import dev.galatea.testsupport.ExampleSpecs;
import dev.galatea.testsupport.SharedSystemResource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** The whole stage on the real broker and store, with arithmetic in the model's place. */
@QuarkusTest
@TestProfile(DenoisingStageTest.Profile.class)
@QuarkusTestResource(SharedSystemResource.class)
class DenoisingStageTest {

    private static final int STEPS = 9;
    private static final long SEED = 7;

    @Inject
    BundleRepository bundles;

    @Inject
    TensorStore tensors;

    @Inject
    ObjectStore store;

    @Inject
    EventPublisher publisher;

    @Inject
    ClipDenoiser denoiser;

    @Inject
    ProgressReporter progress;

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrapServers;

    public static class Profile implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "galatea.bundles.path", "src/test/resources/bundles",
                    "galatea.bundles.default-name", "tiny",
                    "galatea.topics.provision", "true",
                    "quarkus.http.test-port", "0");
        }
    }

    @Test
    void shouldGiveSameBytes_whenPromptComesTwice() throws Exception {
        PromptConditioned prompt = prompt(STEPS);
        publish(prompt);
        publish(prompt);
        try (TopicReader topic = reader(EventType.LATENTS_DENOISED)) {
            List<ConsumerRecord<byte[], byte[]>> records = topic.await(2, of(prompt.jobId()));
            assertThat(records).allSatisfy(record -> {
                assertThat(header(record, CloudEvent.ID))
                        .isEqualTo(EventIds.of(prompt.jobId(), EventType.LATENTS_DENOISED)
                                .toString());
                assertThat(record.value()).isEqualTo(records.get(0).value());
            });
            LatentsDenoised denoised =
                    EventCodec.read(LatentsDenoised.class, records.get(0).value());
            assertThat(denoised.spec()).isEqualTo(prompt.spec());
            assertThat(denoised.latents().shape()).containsExactly(4L, 4L, 3L, 4L);
            assertThat(tensors.read(denoised.latents()).floats())
                    .containsExactly(Expected.latents(prompt.spec(), 1f, -1f), within(1e-4f));
        }
    }

    @Test
    void shouldReportEveryStepAndPreviews_whenItWorks() throws Exception {
        PromptConditioned prompt = prompt(STEPS);
        publish(prompt);
        try (TopicReader topic = reader(EventType.PROGRESS)) {
            topic.await(1, progress(prompt.jobId(), ProgressDetail.Finished.class));
            assertThat(topic.await(STEPS, progress(prompt.jobId(), ProgressDetail.Step.class)))
                    .extracting(record -> ((ProgressDetail.Step) detail(record)).step())
                    .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
            var previews = topic.await(1, progress(prompt.jobId(), ProgressDetail.PreviewAvailable.class));
            var preview = (ProgressDetail.PreviewAvailable) detail(previews.get(0));
            assertThat(preview.step()).isIn(4, 8);
            var picture = ImageIO.read(new ByteArrayInputStream(store.read(preview.object())));
            assertThat(picture.getWidth()).isEqualTo(32);
            assertThat(picture.getHeight()).isEqualTo(24);
        }
    }

    @Test
    void shouldGoTheLastThirdOfTheSteps_whenAVideoIsVaried() throws Exception {
        PromptConditioned prompt = varied(1.0 / 3, null);
        publish(prompt);
        publish(prompt);
        try (TopicReader topic = reader(EventType.PROGRESS);
                TopicReader outputs = reader(EventType.LATENTS_DENOISED)) {
            List<ConsumerRecord<byte[], byte[]>> records = outputs.await(2, of(prompt.jobId()));
            assertThat(records.get(0).value()).isEqualTo(records.get(1).value());
            assertThat(topic.await(3, progress(prompt.jobId(), ProgressDetail.Step.class)))
                    .extracting(record -> ((ProgressDetail.Step) detail(record)).step())
                    .startsWith(7, 8, 9);
        }
    }

    @Test
    void shouldFailClearly_whenTheModelCanNotBeToldAPart() throws Exception {
        PromptConditioned prompt = varied(1, List.of(2, 0, 0, 0));
        publish(prompt);
        try (TopicReader topic = reader(EventType.PROGRESS)) {
            var failed =
                    (ProgressDetail.Failed) detail(topic.await(1, progress(prompt.jobId(), ProgressDetail.Failed.class))
                            .get(0));
            assertThat(failed.failure().code()).isEqualTo("reference_unsupported");
        }
    }

    @Test
    void shouldDeadLetterAndGoOn_whenEventIsGarbage() throws Exception {
        byte[] garbage = ("garbage " + JobId.random()).getBytes(UTF_8);
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrapServers),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(EventType.PROMPT_CONDITIONED.topic(), garbage))
                    .get();
        }
        PromptConditioned next = prompt(STEPS);
        publish(next);
        try (TopicReader dead = new TopicReader(bootstrapServers, EventType.DEAD_LETTER_TOPIC);
                TopicReader topic = reader(EventType.LATENTS_DENOISED)) {
            dead.await(1, record -> Arrays.equals(record.value(), garbage));
            topic.await(1, of(next.jobId()));
        }
    }

    @Test
    void shouldFailAndNameWhatIsHere_whenBundleIsUnknown() throws Exception {
        PromptConditioned prompt = prompt(STEPS, Sha256.of(new byte[1]));
        publish(prompt);
        try (TopicReader dead = new TopicReader(bootstrapServers, EventType.DEAD_LETTER_TOPIC);
                TopicReader topic = reader(EventType.PROGRESS)) {
            dead.await(1, of(prompt.jobId()));
            var failed = topic.await(1, progress(prompt.jobId(), ProgressDetail.Failed.class));
            var failure = ((ProgressDetail.Failed) detail(failed.get(0))).failure();
            assertThat(failure.cause()).isEqualTo(FailureCause.POISON);
            assertThat(failure.code()).isEqualTo("unknown_bundle");
            assertThat(failure.message())
                    .contains("tiny " + bundles.defaultBundle().digest());
        }
    }

    @Test
    void shouldStopBetweenSteps_whenCancelled() throws Exception {
        PromptConditioned endless = prompt(5_000_000);
        publish(endless);
        try (TopicReader progress = reader(EventType.PROGRESS);
                TopicReader topic = reader(EventType.LATENTS_DENOISED)) {
            progress.await(1, progress(endless.jobId(), ProgressDetail.Step.class));
            publisher.publish(new CloudEvent(
                    EventIds.random(),
                    "/tests",
                    Instant.now(),
                    JobCommand.cancel(endless.jobId(), "no longer wanted", Instant.now())));
            PromptConditioned next = prompt(STEPS); // with one slot, it waits for the endless one's end
            publish(next);
            topic.await(1, of(next.jobId()));
            assertThat(topic.matching(of(endless.jobId()))).isEmpty();
        }
    }

    @Test
    void shouldContinueFromTheCheckpoint_whenJobWasGivenBack() throws Exception {
        LatentsDenoised whole = denoise(prompt(STEPS), 1, () -> false);
        PromptConditioned prompt = prompt(STEPS);
        AtomicInteger asked = new AtomicInteger();
        assertThatThrownBy(() -> denoise(prompt, 1, () -> asked.incrementAndGet() == 5))
                .isInstanceOf(ReleasedException.class)
                .hasMessageContaining("after 4 steps");

        AtomicInteger askedAgain = new AtomicInteger();
        LatentsDenoised continued = denoise(prompt, 2, () -> askedAgain.incrementAndGet() < 0);

        assertThat(askedAgain).hasValue(STEPS - 4);
        assertThat(continued.latents().sha256()).isEqualTo(whole.latents().sha256());
    }

    @Test
    void shouldBeginFromNoiseAndSayWhy_whenTheCheckpointIsNotTheJobs() throws Exception {
        LatentsDenoised whole = denoise(prompt(STEPS), 1, () -> false);

        assertThat(afterDamage(whole, "checkpoint_altered", bytes -> Arrays.copyOf(bytes, bytes.length / 2)))
                .contains("digest");
        assertThat(afterDamage(whole, "checkpoint_altered", bytes -> {
                    bytes[bytes.length - 1] ^= 1;
                    return bytes;
                }))
                .contains("digest");
    }

    @Test
    void shouldBeginFromNoiseAndSayWhy_whenTheCheckpointIsAnotherBundles() throws Exception {
        PromptConditioned prompt = giveBackAfterFourSteps();
        String key = onlyCheckpoint(prompt.jobId());
        SafeTensorsFile file = SafeTensors.read(bytesOf(key));
        Map<String, String> metadata = new TreeMap<>(file.metadata());
        metadata.put("bundle", "another");
        byte[] other = SafeTensors.write(new SafeTensorsFile(file.tensors(), metadata));
        store.put(ObjectKeys.checkpoint(prompt.jobId(), 4, Sha256.of(other)), TensorStore.MEDIA_TYPE, other);
        store.delete(key);

        AtomicInteger asked = new AtomicInteger();
        denoise(prompt, 2, () -> asked.incrementAndGet() < 0);

        assertThat(asked).hasValue(STEPS);
        assertThat(refusal(prompt.jobId(), "checkpoint_other_bundle"))
                .isEqualTo("bundle: is another; valid is " + prompt.spec().bundle());
    }

    /** Damages the checkpoint of a job that was given back; answers why it was refused when the job goes on. */
    private String afterDamage(LatentsDenoised whole, String code, UnaryOperator<byte[]> damage) throws Exception {
        PromptConditioned prompt = giveBackAfterFourSteps();
        String key = onlyCheckpoint(prompt.jobId());
        store.put(key, TensorStore.MEDIA_TYPE, damage.apply(bytesOf(key)));

        AtomicInteger asked = new AtomicInteger();
        LatentsDenoised denoised = denoise(prompt, 2, () -> asked.incrementAndGet() < 0);

        assertThat(asked).hasValue(STEPS);
        assertThat(denoised.latents().sha256()).isEqualTo(whole.latents().sha256());
        return refusal(prompt.jobId(), code);
    }

    private LatentsDenoised denoise(PromptConditioned prompt, int attempt, BooleanSupplier stop) throws Exception {
        return denoiser.denoise(prompt, new TestDelivery(prompt.jobId(), attempt, stop, progress));
    }

    private PromptConditioned giveBackAfterFourSteps() throws Exception {
        PromptConditioned prompt = prompt(STEPS);
        AtomicInteger asked = new AtomicInteger();
        assertThatThrownBy(() -> denoise(prompt, 1, () -> asked.incrementAndGet() == 5))
                .isInstanceOf(ReleasedException.class);
        return prompt;
    }

    private String onlyCheckpoint(JobId jobId) throws Exception {
        List<String> keys = store.list(ObjectKeys.checkpoints(jobId), 10);
        assertThat(keys).hasSize(1);
        return keys.get(0);
    }

    /** The bytes under a checkpoint's key, which ends in their digest. */
    private byte[] bytesOf(String key) throws Exception {
        String name = key.substring(key.lastIndexOf('-') + 1, key.lastIndexOf('.'));
        long length = store.stat(key).orElseThrow().bytes();
        return store.read(new ObjectRef(store.bucket(), key, TensorStore.MEDIA_TYPE, length, new Sha256(name)));
    }

    private String refusal(JobId jobId, String code) {
        try (TopicReader topic = reader(EventType.PROGRESS)) {
            var refused = topic.await(1, progress(jobId, ProgressDetail.CheckpointRefused.class));
            var detail = (ProgressDetail.CheckpointRefused) detail(refused.get(0));
            assertThat(detail.step()).isEqualTo(4);
            assertThat(detail.failure().code()).isEqualTo(code);
            return detail.failure().message();
        }
    }

    private PromptConditioned prompt(int steps) throws Exception {
        return prompt(steps, bundles.defaultBundle().digest());
    }

    private PromptConditioned prompt(int steps, Sha256 bundle) throws Exception {
        JobId id = JobId.random();
        JobSpec spec = ExampleSpecs.text("tiny", bundle).withSettings(settings -> settings.width(32)
                .height(24)
                .frames(8)
                .steps(steps)
                .guidance(2.0)
                .seed(SEED));
        return new PromptConditioned(id, spec, embeddings("positive", 5, 1f), embeddings("negative", 2, -1f));
    }

    private PromptConditioned varied(double strength, @Nullable List<Integer> mask) throws Exception {
        PromptConditioned plain = prompt(STEPS);
        JobSpec spec = plain.spec();
        float[] values = new float[4 * 4 * 3 * 4];
        Arrays.fill(values, 0.5f);
        Tensor video = Tensor.f32(new long[] {4, 4, 3, 4}, values);
        TensorRef latents = tensors.put("jobs/" + plain.jobId() + "/reference-1.safetensors", "latents", video);
        ObjectRef media = store.put("jobs/" + plain.jobId() + "/upload-1", "video/mp4", new byte[1]);
        ReferenceMedia reference = new ReferenceMedia(ReferenceMedia.Role.VIDEO, media, strength);
        JobSpec with = spec.withSettings(settings -> settings.reference(reference));
        return new PromptConditioned(plain.jobId(), with, plain.prompt(), plain.negativePrompt(), latents, mask);
    }

    private TensorRef embeddings(String name, int tokens, float value) throws Exception {
        float[] values = new float[tokens * 3];
        Arrays.fill(values, value);
        return tensors.put(
                "embeddings/test/" + name + ".safetensors", "embeddings", Tensor.f32(new long[] {tokens, 3}, values));
    }

    private void publish(PromptConditioned prompt) throws Exception {
        publisher.publish(new CloudEvent(
                EventIds.of(prompt.jobId(), EventType.PROMPT_CONDITIONED), "/tests", Instant.now(), prompt));
    }

    private TopicReader reader(EventType type) {
        return new TopicReader(bootstrapServers, type.topic());
    }

    private static Predicate<ConsumerRecord<byte[], byte[]>> of(JobId jobId) {
        return record -> record.key() != null && new String(record.key(), UTF_8).equals(jobId.toString());
    }

    private static Predicate<ConsumerRecord<byte[], byte[]>> progress(
            JobId jobId, Class<? extends ProgressDetail> kind) {
        return of(jobId).and(record -> kind.isInstance(detail(record)));
    }

    private static ProgressDetail detail(ConsumerRecord<byte[], byte[]> record) {
        try {
            return EventCodec.read(Progress.class, record.value()).detail();
        } catch (MalformedEventException e) {
            throw new AssertionError(e);
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
