package dev.galatea.encoding.onnx;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.encoding.media.ClipEnds;
import dev.galatea.encoding.media.FrameSequence;
import dev.galatea.encoding.media.Frames;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.ImageEmbeddings;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.SafeTensorsFile;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.OnnxConfigs;
import dev.galatea.onnx.OnnxModel;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.onnx.OnnxSignature;
import dev.galatea.testsupport.TinyBundles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Tiny encoders of Wan's architectures give what diffusers' own pipelines made of a picture. */
class OpenModelEncoderTest {

    /** Of the first latent frame of a clip that begins with a picture. */
    private static final float LIMIT = 2e-6f;

    @TempDir
    Path directory;

    @Test
    void shouldEncodeAPictureAsThePipelineDoes() throws Exception {
        assertKnown(TinyBundles.WAN22, latent(48, 16), 1, 1);
    }

    /** As models take it that are given a picture as channels. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void shouldEncodeAPictureAndNothingAfterIt_asThePipelineDoes(int chunk) throws Exception {
        assertKnown(TinyBundles.WAN22_I2V, latent(16, 8), 17, chunk);
    }

    @Test
    void shouldEncodeAPictureForADenoiserThatLooksAtIt() throws Exception {
        assertKnown(TinyBundles.WAN21_I2V, latent(16, 8), 17, 1);
    }

    @Test
    void shouldGiveTheEmbeddingsOfThePipeline_whateverComesAfterThePicture() throws Exception {
        Path bundle = TinyBundles.copy(TinyBundles.WAN21_I2V, directory);
        Tensor expected = reference(bundle).tensor("image_embeddings");
        try (OnnxModel model =
                runtime().open("imageEncoder", bundle.resolve("image-encoder.onnx"), OnnxSignature.IMAGE_ENCODER)) {
            PictureEncoder encoder = new PictureEncoder(model, new ImageEmbeddings(17, 20));
            Frames picture = picture(bundle.resolve("first-frame.png"));
            ClipEnds clip = new ClipEnds(17, picture.height(), picture.width(), picture, null);
            for (FrameSequence frames : List.of(picture, clip)) {
                Tensor embeddings = encoder.encode(frames);
                assertThat(embeddings.shape()).containsExactly(expected.shape());
                assertThat(embeddings.floats()).containsExactly(expected.floats(), within(LIMIT));
            }
            assertThatThrownBy(() -> new PictureEncoder(model, new ImageEmbeddings(257, 20)).encode(picture))
                    .isInstanceOf(PoisonException.class)
                    .hasMessage(
                            "imageEncoder: gave [1, 17, 20]; valid is [1, 257, 20], the manifest's imageEmbeddings");
        }
    }

    private static OnnxRuntime runtime() {
        return new OnnxRuntime(OnnxConfigs.of(Map.of("galatea.onnx.threads", "1")), new SimpleMeterRegistry());
    }

    private static SafeTensorsFile reference(Path bundle) throws Exception {
        return SafeTensors.read(Files.readAllBytes(bundle.resolve("first-frame-to-video.safetensors")));
    }

    private void assertKnown(String name, BundleManifest.Latent latent, int frames, int chunk) throws Exception {
        Path bundle = TinyBundles.copy(name, directory);
        Tensor known = reference(bundle).tensor("known");
        try (OnnxModel model = runtime().open("encoder", bundle.resolve("encoder.onnx"), OnnxSignature.ENCODER)) {
            assertThat(model.carriesState()).isTrue();
            Frames picture = picture(bundle.resolve("first-frame.png"));
            ClipEnds clip = new ClipEnds(frames, picture.height(), picture.width(), picture, null);
            Tensor latents = new LatentEncoder(model, latent, chunk).encode(clip);
            assertThat(latents.shape()).containsExactly(known.shape());
            assertThat(latents.floats()).containsExactly(known.floats(), within(LIMIT));
        }
    }

    private static BundleManifest.Latent latent(int channels, int space) {
        return new BundleManifest.Latent(
                channels, space, 4, true, 2, Collections.nCopies(channels, 0.0), Collections.nCopies(channels, 1.0));
    }

    private static Frames picture(Path file) throws Exception {
        BufferedImage image = ImageIO.read(file.toFile());
        byte[] rgb = new byte[3 * image.getWidth() * image.getHeight()];
        for (int i = 0; i < rgb.length / 3; i++) {
            int pixel = image.getRGB(i % image.getWidth(), i / image.getWidth());
            for (int c = 0; c < 3; c++) {
                rgb[3 * i + c] = (byte) (pixel >> (16 - 8 * c));
            }
        }
        return Frames.ofRgb(rgb, 1, image.getHeight(), image.getWidth());
    }
}
