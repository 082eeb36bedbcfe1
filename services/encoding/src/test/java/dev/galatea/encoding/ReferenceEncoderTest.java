package dev.galatea.encoding;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import jakarta.inject.Inject;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.encoding.media.Frames;
import dev.galatea.encoding.media.TestMedia;
import dev.galatea.encoding.onnx.EncoderModels;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.MediaSource;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.ReferenceAccess;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.ReferenceMedia.Role;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.store.ObjectStore;
import dev.galatea.testsupport.ExampleSpecs;
import dev.galatea.testsupport.SharedSystemResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Pictures for a model that is told of them by concatenation, with an encoder that carries a state. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class ReferenceEncoderTest {

    private static final Path TINY = Path.of("../decoding/src/test/resources/bundles/tiny/bundle.json");
    private static final Path ENCODER = Path.of("../decoding/src/test/resources/causal/encoder.onnx");
    private static final int WIDTH = 16;
    private static final int HEIGHT = 12;
    private static final int FRAMES = 9;

    @Inject
    ReferenceEncoder encoder;

    @Inject
    EncoderModels models;

    @Inject
    ObjectStore objects;

    @TempDir
    Path directory;

    private Bundle bundle;
    private MediaSource white;
    private MediaSource black;

    @BeforeEach
    void prepare() throws Exception {
        bundle = bundle();
        white = upload("white");
        black = upload("black");
    }

    @Test
    void shouldEncodeAPictureWithZerosBehindIt() throws Exception {
        ReferenceLatents made = encode(new ReferenceMedia(Role.FIRST_FRAME, white, null, null, null));
        assertThat(made.mask()).isEqualTo(List.of(PromptConditioned.STILL, 0, 0));
        assertThat(made.latents()).isEqualTo(latents(clip(1, 0)));
    }

    @Test
    void shouldEncodeBothPicturesAsOneClip() throws Exception {
        ReferenceLatents made = encode(new ReferenceMedia(Role.FIRST_FRAME, white, null, null, black));
        assertThat(made.mask()).isEqualTo(List.of(PromptConditioned.STILL, 0, PromptConditioned.STILL));
        assertThat(made.latents()).isEqualTo(latents(clip(1, -1)));
    }

    @Test
    void shouldEncodeAPictureWithZerosBeforeIt() throws Exception {
        ReferenceLatents made = encode(new ReferenceMedia(Role.LAST_FRAME, black, null, null, null));
        assertThat(made.mask()).isEqualTo(List.of(0, 0, PromptConditioned.STILL));
        assertThat(made.latents()).isEqualTo(latents(clip(0, -1)));
    }

    @Test
    void shouldHaveOneAnswer_whenAnObjectIsNotThereOrAnotherOne() {
        ObjectRef there = white.object();
        List<ObjectRef> refs = List.of(
                new ObjectRef(there.bucket(), there.key() + "x", "image/png", there.bytes(), there.sha256()),
                new ObjectRef(there.bucket(), there.key(), "image/png", there.bytes() + 1, there.sha256()),
                new ObjectRef(there.bucket(), there.key(), "image/png", there.bytes(), Sha256.of(new byte[1])),
                new ObjectRef("bundles", there.key(), "image/png", there.bytes(), there.sha256()));
        for (ObjectRef ref : refs) {
            assertThatThrownBy(() -> encode(new ReferenceMedia(Role.FIRST_FRAME, ref, null)))
                    .isInstanceOf(PoisonException.class)
                    .hasMessage("reference.object: " + ReferenceAccess.PROBLEM)
                    .hasNoCause()
                    .extracting("code")
                    .isEqualTo("reference_not_available");
        }
    }

    private ReferenceLatents encode(ReferenceMedia reference) throws Exception {
        JobSpec spec = ExampleSpecs.text("causal", bundle.digest()).withSettings(settings -> settings.width(WIDTH)
                .height(HEIGHT)
                .frames(FRAMES)
                .fps(8)
                .reference(reference));
        return encoder.encode(spec, bundle, Files.createDirectories(directory.resolve("work")));
    }

    private Tensor latents(Frames frames) throws Exception {
        try (EncoderModels.Lease model = models.acquire(bundle)) {
            return model.encoder().encode(frames);
        }
    }

    /** Zeros, with all pixels of the first and the last frame at one value each. */
    private static Frames clip(float first, float last) {
        int area = WIDTH * HEIGHT;
        float[] values = new float[3 * FRAMES * area];
        for (int c = 0; c < 3; c++) {
            int start = c * FRAMES * area;
            Arrays.fill(values, start, start + area, first);
            Arrays.fill(values, start + (FRAMES - 1) * area, start + FRAMES * area, last);
        }
        return new Frames(values, FRAMES, HEIGHT, WIDTH);
    }

    private MediaSource upload(String colour) throws Exception {
        byte[] bytes = Files.readAllBytes(
                TestMedia.picture(directory.resolve(colour + ".png"), "color=" + colour + ":size=64x48"));
        return MediaSource.stored(objects.put(ObjectKeys.upload(JobId.random(), Sha256.of(bytes)), "image/png", bytes));
    }

    /** The manifest of decoding's fixture, with a causal encoder and concatenation. */
    private Bundle bundle() throws Exception {
        Path home = Files.createDirectories(directory.resolve("causal"));
        ObjectNode manifest = (ObjectNode) new ObjectMapper().readTree(TINY.toFile());
        byte[] encoder = Files.readAllBytes(ENCODER);
        Files.write(home.resolve("encoder.onnx"), encoder);
        manifest.put("format", BundleManifest.FORMAT).put("name", "causal").put("conditioning", "concatenate");
        manifest.putArray("references").add("first_frame").add("last_frame");
        manifest.withObject("/files/encoder")
                .put("path", "encoder.onnx")
                .put("sha256", Sha256.of(encoder).hex())
                .put("bytes", encoder.length);
        manifest.withObject("/latent")
                .put("spatialCompression", 2)
                .put("temporalCompression", 4)
                .put("causalFirstFrame", true);
        manifest.withObject("/defaults").put("frames", FRAMES);
        manifest.withObject("/limits").put("minFrames", 1).put("maxFrames", 33);
        Files.writeString(home.resolve("bundle.json"), manifest.toString());
        return new BundleLoader(directory).load(home);
    }
}
