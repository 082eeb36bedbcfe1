package dev.galatea.encoding;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import jakarta.inject.Inject;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.bundles.BundleSources;
import dev.galatea.bundles.BundlesConfig;
import dev.galatea.encoding.onnx.EncoderModels;
import dev.galatea.model.event.EncodingRequested;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.SafeTensorsFile;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.model.tensor.TensorRef;
import dev.galatea.store.ObjectStore;
import dev.galatea.store.TensorStore;
import dev.galatea.testsupport.ExampleSpecs;
import dev.galatea.testsupport.SharedSystemResource;
import dev.galatea.testsupport.TinyBundles;
import dev.galatea.worker.WorkerConfig;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Jobs of models that take a picture as channels, from the picture's bytes to what denoising reads. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class PictureJobTest {

    private static final float LIMIT = 2e-6f;

    @Inject
    ReferenceEncoder encoder;

    @Inject
    EncoderModels models;

    @Inject
    ObjectStore objects;

    @Inject
    TensorStore tensors;

    @Inject
    BundleSources sources;

    @Inject
    WorkerConfig worker;

    @TempDir
    Path directory;

    private final JobId jobId = JobId.random();
    private TensorRef text;

    @BeforeEach
    void storeEmbeddings() throws Exception {
        text = tensors.put("embeddings/" + jobId, "embeddings", Tensor.f32(new long[] {1, 1}, new float[1]));
    }

    @Test
    void shouldStoreTheEmbeddingsOfThePictureBesideItsLatents() throws Exception {
        PromptConditioned made = made(TinyBundles.WAN21_I2V);

        SafeTensorsFile expected = expected(TinyBundles.WAN21_I2V);
        assertNear(made.referenceLatents(), expected.tensor("known"));
        assertNear(made.imageEmbeddings(), expected.tensor("image_embeddings"));
        assertThat(made.imageEmbeddings().key()).startsWith(ObjectKeys.jobPrefix(jobId));
        assertThat(made.referenceMask()).containsExactly(PromptConditioned.STILL, 0, 0, 0, 0);
        assertThat(EventCodec.read(PromptConditioned.class, EventCodec.write(made)))
                .isEqualTo(made);
    }

    @Test
    void shouldGiveNoEmbeddings_whenTheModelDoesNotLookAtThePicture() throws Exception {
        PromptConditioned made = made(TinyBundles.WAN22_I2V);

        assertNear(made.referenceLatents(), expected(TinyBundles.WAN22_I2V).tensor("known"));
        assertThat(made.imageEmbeddings()).isNull();
        assertThat(new String(EventCodec.write(made), UTF_8)).doesNotContain("imageEmbeddings");
    }

    private PromptConditioned made(String name) throws Exception {
        TinyBundles.copy(name, directory);
        BundlesConfig config = new SmallRyeConfigBuilder()
                .withMapping(BundlesConfig.class)
                .withSources(
                        new PropertiesConfigSource(Map.of("galatea.bundles.path", directory.toString()), "test", 100))
                .build()
                .getConfigMapping(BundlesConfig.class);
        BundleRepository bundles = new BundleRepository(config, worker, sources);
        byte[] picture = Files.readAllBytes(directory.resolve(name).resolve("first-frame.png"));
        ObjectRef upload = objects.put(ObjectKeys.upload(jobId, Sha256.of(picture)), "image/png", picture);
        JobSpec spec = ExampleSpecs.text(name, bundles.byName(name).digest())
                .withSettings(settings -> settings.width(48)
                        .height(32)
                        .frames(17)
                        .reference(new ReferenceMedia(ReferenceMedia.Role.FIRST_FRAME, upload, null)));
        ReferenceJob job = new ReferenceJob(bundles, models, encoder, tensors, objects, worker);
        return job.run(new EncodingRequested(jobId, spec, text, text));
    }

    private SafeTensorsFile expected(String name) throws Exception {
        return SafeTensors.read(
                Files.readAllBytes(directory.resolve(name).resolve("first-frame-to-video.safetensors")));
    }

    private void assertNear(TensorRef stored, Tensor expected) throws Exception {
        Tensor found = tensors.read(stored);
        assertThat(found.shape()).containsExactly(expected.shape());
        assertThat(found.floats()).containsExactly(expected.floats(), within(LIMIT));
    }
}
