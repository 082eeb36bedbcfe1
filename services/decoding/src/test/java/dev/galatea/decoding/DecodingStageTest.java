package dev.galatea.decoding;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import javax.imageio.ImageIO;

import jakarta.inject.Inject;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.ClipDecoded;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.model.tensor.TensorRef;
import dev.galatea.stage.CancelledJobs;
import dev.galatea.store.ObjectStore;
import dev.galatea.store.TensorStore;
import dev.galatea.testsupport.BrokerClient;
import dev.galatea.testsupport.ExampleSpecs;
import dev.galatea.testsupport.SharedSystemResource;
import dev.galatea.worker.WorkerConfig;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class DecodingStageTest {

    private static final int FRAMES = 16;
    private static final int WIDTH = 64;
    private static final int HEIGHT = 48;

    @Inject
    TensorStore tensors;

    @Inject
    ObjectStore objects;

    @Inject
    BundleRepository bundles;

    @Inject
    WorkerConfig config;

    @Inject
    CancelledJobs cancelledJobs;

    @Inject
    MeterRegistry metrics;

    private BrokerClient broker;

    @BeforeEach
    void connect() {
        broker = new BrokerClient(
                EventType.CLIP_DECODED.topic(), EventType.PROGRESS.topic(), EventType.DEAD_LETTER_TOPIC);
    }

    @AfterEach
    void disconnect() {
        broker.close();
    }

    @Test
    void shouldPutAPlayableClipIntoTheStore() throws Exception {
        JobId jobId = JobId.random();
        denoised(jobId, latents(jobId, 8));
        ClipDecoded output = broker.await(ClipDecoded.class, jobId, any -> true);
        Clip clip = output.clip();
        assertThat(output.spec()).isEqualTo(spec());
        assertThat(List.of(clip.width(), clip.height(), clip.frames(), clip.fps()))
                .containsExactly(WIDTH, HEIGHT, FRAMES, 8);
        byte[] mp4 = objects.read(clip.video());
        assertThat(clip.video().mediaType()).isEqualTo("video/mp4");
        assertThat(clip.video().key()).isEqualTo(ObjectKeys.clip(jobId, Sha256.of(mp4)));
        assertThat(new String(mp4, 4, 4, UTF_8)).isEqualTo("ftyp");
        assertThat(objects.read(clip.thumbnail())).startsWith(0xff, 0xd8, 0xff);
        byte[] sheet = objects.read(clip.spritesheet().picture());
        assertThat(sheet).startsWith(0xff, 0xd8, 0xff);
        assertThat(clip.spritesheet().picture().key()).isEqualTo(ObjectKeys.spritesheet(jobId, Sha256.of(sheet)));
        assertThat(clip.spritesheet().pictures()).isEqualTo(Math.min(FRAMES, 16));
        ConsumerRecord<byte[], byte[]> record =
                broker.records(ClipDecoded.class, jobId).get(0);
        assertThat(new String(BrokerClient.headers(record).get(CloudEvent.ID), UTF_8))
                .isEqualTo(EventIds.of(jobId, EventType.CLIP_DECODED).toString());
        broker.await(Progress.class, jobId, p -> p.detail() instanceof ProgressDetail.Started);
        broker.await(Progress.class, jobId, p -> p.detail().equals(new ProgressDetail.Step(FRAMES, FRAMES)));
        long bytes = clip.objects().mapToLong(ObjectRef::bytes).sum();
        broker.await(Progress.class, jobId, p -> p.detail().equals(new ProgressDetail.Uploading(bytes)));
        broker.await(Progress.class, jobId, p -> p.detail() instanceof ProgressDetail.Finished);
        assertThat(metrics.get("galatea.ffmpeg.run").timer().count()).isPositive();
        assertThat(workFiles()).isZero();
    }

    @Test
    void shouldDrawTheClipLarger_whenTheSpecHasAScale() throws Exception {
        JobId jobId = JobId.random();
        JobSpec large = spec().withSettings(
                        settings -> settings.width(2 * WIDTH).height(2 * HEIGHT))
                .withScale(2);
        denoised(jobId, large, latents(jobId, 8));
        Clip clip = broker.await(ClipDecoded.class, jobId, any -> true).clip();
        assertThat(List.of(clip.width(), clip.height(), clip.frames())).containsExactly(2 * WIDTH, 2 * HEIGHT, FRAMES);
        BufferedImage middle = ImageIO.read(new ByteArrayInputStream(objects.read(clip.thumbnail())));
        assertThat(List.of(middle.getWidth(), middle.getHeight())).containsExactly(2 * WIDTH, 2 * HEIGHT);
    }

    @Test
    void shouldFail_whenTheBundleHasNoUpscalerOfTheScale() throws Exception {
        JobId jobId = JobId.random();
        JobSpec large = spec().withSettings(
                        settings -> settings.width(3 * WIDTH).height(3 * HEIGHT))
                .withScale(3);
        denoised(jobId, large, latents(jobId, 8));
        Progress failed = broker.await(Progress.class, jobId, p -> p.detail() instanceof ProgressDetail.Failed);
        assertThat(((ProgressDetail.Failed) failed.detail()).failure().message())
                .isEqualTo("spec.scale: is 3; valid for bundle 'tiny' are [1, 2]");
    }

    @Test
    void shouldPointAtTheSameObject_whenARecordComesTwice() throws Exception {
        JobId jobId = JobId.random();
        TensorRef latents = latents(jobId, 8);
        denoised(jobId, latents);
        ClipDecoded first = broker.await(ClipDecoded.class, jobId, any -> true);
        denoised(jobId, latents);
        await().until(() -> broker.all(ClipDecoded.class, jobId).size() == 2);
        assertThat(broker.all(ClipDecoded.class, jobId)).containsOnly(first);
    }

    @Test
    void shouldDeadLetterWhatIsNoEvent_andGoOn() throws Exception {
        String key = UUID.randomUUID().toString();
        broker.send(EventType.LATENTS_DENOISED, key.getBytes(UTF_8), "[]".getBytes(UTF_8), Map.of());
        assertThat(broker.awaitDeadLetter(key).value()).isEqualTo("[]".getBytes(UTF_8));
        JobId next = JobId.random();
        denoised(next, latents(next, 8));
        broker.await(ClipDecoded.class, next, any -> true);
    }

    @Test
    void shouldFailTheJob_whenTheLatentsAreOfAnotherShape() throws Exception {
        assertFails(latents(JobId.random(), 7), "latents_shape");
    }

    @Test
    void shouldFailTheJob_whenTheLatentsAreAltered() throws Exception {
        TensorRef latents = latents(JobId.random(), 8);
        objects.put(latents.key(), "application/octet-stream", new byte[(int) latents.bytes()]);
        assertFails(latents, "object_altered");
    }

    @Test
    void shouldFailTheJob_whenTheLatentsAreMissing() throws Exception {
        TensorRef latents = latents(JobId.random(), 8);
        objects.delete(latents.key());
        assertFails(latents, "object_missing");
    }

    @Test
    void shouldDropCancelledJobs() throws Exception {
        JobId jobId = JobId.random();
        TensorRef latents = latents(jobId, 8);
        broker.send(new CloudEvent(
                EventIds.random(), "/test", Instant.now(), JobCommand.cancel(jobId, "changed my mind", Instant.now())));
        await().until(() -> cancelledJobs.reasonFor(jobId).isPresent());
        denoised(jobId, latents);
        JobId next = JobId.random();
        denoised(next, latents(next, 8));
        broker.await(ClipDecoded.class, next, any -> true);
        assertThat(broker.all(ClipDecoded.class, jobId)).isEmpty();
    }

    private void assertFails(TensorRef latents, String code) throws Exception {
        JobId jobId = JobId.random();
        denoised(jobId, latents);
        Progress failed = broker.await(Progress.class, jobId, p -> p.detail() instanceof ProgressDetail.Failed);
        assertThat(((ProgressDetail.Failed) failed.detail()).failure().code()).isEqualTo(code);
        ConsumerRecord<byte[], byte[]> letter = broker.awaitDeadLetter(jobId.toString());
        assertThat(new String(BrokerClient.headers(letter).get("dead-letter-code"), UTF_8))
                .isEqualTo(code);
    }

    private void denoised(JobId jobId, TensorRef latents) throws Exception {
        denoised(jobId, spec(), latents);
    }

    private void denoised(JobId jobId, JobSpec spec, TensorRef latents) throws Exception {
        broker.send(new CloudEvent(
                EventIds.of(jobId, EventType.LATENTS_DENOISED),
                "/services/denoising",
                Instant.now(),
                new LatentsDenoised(jobId, spec, latents)));
    }

    private TensorRef latents(JobId jobId, int frames) throws Exception {
        long[] shape = {4, frames, HEIGHT / 4, WIDTH / 4};
        float[] values = new float[4 * frames * (HEIGHT / 4) * (WIDTH / 4)];
        Random random = new Random(7);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return tensors.put(
                ObjectKeys.jobPrefix(jobId) + "latents-test.safetensors", "latents", Tensor.f32(shape, values));
    }

    private JobSpec spec() throws Exception {
        Sha256 bundle = bundles.byName("tiny").digest();
        return ExampleSpecs.text("tiny", bundle)
                .withSettings(settings ->
                        settings.width(WIDTH).height(HEIGHT).frames(FRAMES).steps(4));
    }

    private long workFiles() throws Exception {
        try (var files = Files.list(config.workDir().resolve("decoding"))) {
            return files.count();
        }
    }
}
