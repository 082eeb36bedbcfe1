package dev.galatea.encoding.onnx;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import javax.imageio.ImageIO;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.encoding.media.Frames;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.OnnxConfigs;
import dev.galatea.onnx.OnnxModel;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.onnx.OnnxSignature;
import dev.galatea.testsupport.TinyBundles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** A tiny encoder of Wan 2.2's architecture gives what diffusers' own pipeline made of a picture. */
class OpenModelEncoderTest {

    /** Of the first latent frame of a clip that begins with a picture. */
    private static final float LIMIT = 2e-6f;

    private static final BundleManifest.Latent LATENT =
            new BundleManifest.Latent(48, 16, 4, true, 2, Collections.nCopies(48, 0.0), Collections.nCopies(48, 1.0));

    @TempDir
    Path directory;

    @Test
    void shouldEncodeAPictureAsThePipelineDoes() throws Exception {
        Path bundle = TinyBundles.copy(TinyBundles.WAN22, directory);
        Tensor known = SafeTensors.read(Files.readAllBytes(bundle.resolve("first-frame-to-video.safetensors")))
                .tensor("known");
        OnnxRuntime runtime =
                new OnnxRuntime(OnnxConfigs.of(Map.of("galatea.onnx.threads", "1")), new SimpleMeterRegistry());
        try (OnnxModel model = runtime.open("encoder", bundle.resolve("encoder.onnx"), OnnxSignature.ENCODER)) {
            assertThat(model.carriesState()).isTrue();
            Tensor latents = new LatentEncoder(model, LATENT, 1).encode(picture(bundle.resolve("first-frame.png")));
            assertThat(latents.shape()).containsExactly(known.shape());
            assertThat(latents.floats()).containsExactly(known.floats(), within(LIMIT));
        }
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
