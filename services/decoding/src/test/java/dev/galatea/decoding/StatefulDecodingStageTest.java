package dev.galatea.decoding;

import java.time.Instant;
import java.util.Random;

import jakarta.inject.Inject;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.ClipDecoded;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.noise.DecoderNoise;
import dev.galatea.model.noise.TorchRandn;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.store.ObjectStore;
import dev.galatea.store.TensorStore;
import dev.galatea.testsupport.BrokerClient;
import dev.galatea.testsupport.ExampleSpecs;
import dev.galatea.testsupport.SharedSystemResource;

import static org.assertj.core.api.Assertions.assertThat;

/** The stage with decoders that carry a state, and that take out noise which the stage has mixed in. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class StatefulDecodingStageTest {

    private static final String PLAIN = "causal";
    private static final String NOISY = "causal-noisy";
    private static final int FRAMES = 17;
    private static final int WIDTH = 32;
    private static final int HEIGHT = 24;

    @Inject
    TensorStore tensors;

    @Inject
    ObjectStore objects;

    @Inject
    BundleRepository bundles;

    private BrokerClient broker;

    @BeforeEach
    void connect() {
        broker = new BrokerClient(EventType.CLIP_DECODED.topic());
    }

    @AfterEach
    void disconnect() {
        broker.close();
    }

    @Test
    void shouldMixInTheNoiseThatTheDecoderTakesOut() throws Exception {
        Tensor mixed =
                DecoderNoise.mixed(latents(), manifest(NOISY), spec(NOISY).seed());
        Clip clip = decoded(NOISY, latents(), null);
        assertThat(clip.frames()).isEqualTo(FRAMES);
        assertThat(objects.read(clip.video()))
                .isEqualTo(objects.read(decoded(PLAIN, mixed, null).video()))
                .isNotEqualTo(objects.read(decoded(PLAIN, latents(), null).video()));
    }

    @Test
    void shouldPutTheContinuedClipBeforeTheDecodedOne() throws Exception {
        int before = 5;
        int shared = manifest(NOISY).latent().sharedFrames();
        byte[] source = new byte[3 * WIDTH * HEIGHT * (before + shared)];
        new Random(3).nextBytes(source);
        Tensor mixed =
                DecoderNoise.mixed(latents(), manifest(NOISY), spec(NOISY).seed());
        Clip clip = decoded(NOISY, latents(), source);
        assertThat(clip.frames()).isEqualTo(before + FRAMES);
        assertThat(objects.read(clip.video()))
                .isEqualTo(objects.read(decoded(PLAIN, mixed, source).video()))
                .isNotEqualTo(objects.read(decoded(PLAIN, latents(), source).video()));
    }

    private Clip decoded(String bundle, Tensor latents, byte @Nullable [] source) throws Exception {
        JobId jobId = JobId.random();
        String prefix = ObjectKeys.jobPrefix(jobId);
        ObjectRef continued =
                source == null ? null : objects.put(prefix + "source-test.rgb", "application/octet-stream", source);
        LatentsDenoised event = new LatentsDenoised(
                jobId, spec(bundle), tensors.put(prefix + "latents-test.safetensors", "latents", latents), continued);
        broker.send(new CloudEvent(
                EventIds.of(jobId, EventType.LATENTS_DENOISED), "/services/denoising", Instant.now(), event));
        return broker.await(ClipDecoded.class, jobId, any -> true).clip();
    }

    private Tensor latents() throws Exception {
        return TorchRandn.sample(5, manifest(PLAIN).latent().shape(FRAMES, HEIGHT, WIDTH));
    }

    private BundleManifest manifest(String bundle) throws Exception {
        return bundles.byName(bundle).manifest();
    }

    private JobSpec spec(String bundle) throws Exception {
        return ExampleSpecs.text(bundle, bundles.byName(bundle).digest())
                .withSettings(settings ->
                        settings.width(WIDTH).height(HEIGHT).frames(FRAMES).steps(4));
    }
}
