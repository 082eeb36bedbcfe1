package dev.galatea.denoising.onnx;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import dev.galatea.denoising.Settings;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.SafeTensorsFile;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.OnnxModel;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.onnx.OnnxSignature;

import static org.assertj.core.api.Assertions.assertThat;

/** Previews by a decoder that carries a state; those of pebble's kind are in BundleModelsTest. */
class DecodingPainterTest {

    private static final Path FIXTURES = Path.of("../decoding/src/test/resources/causal");

    private final OnnxRuntime runtime = new OnnxRuntime(Settings.onnx(), new SimpleMeterRegistry());

    /** One latent frame gives the first frame of the clip, which make_causal_fixtures.py computed by numpy. */
    @Test
    void shouldPaintTheLastFrameOfAFirstChunk_whenTheDecoderCarriesAState() throws Exception {
        SafeTensorsFile file = SafeTensors.read(Files.readAllBytes(FIXTURES.resolve("expected.safetensors")));
        Tensor first = firstFrame(file.tensor("latents"));
        float[] pixels = firstFrame(file.tensor("frames")).floats();
        try (OnnxModel decoder =
                runtime.open("previewDecoder", FIXTURES.resolve("decoder.onnx"), OnnxSignature.DECODER)) {
            Path bundle = Path.of("../decoding/src/test/resources/bundles/causal");
            byte[] jpeg = new DecodingPainter(
                            decoder, new BundleLoader(bundle).load(bundle).manifest())
                    .paint(first);
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(jpeg));
            assertThat(image.getWidth()).isEqualTo(12);
            assertThat(image.getHeight()).isEqualTo(10);
            assertThat(meanDifference(image, pixels)).isLessThan(30);
            assertThat(meanDifference(image, firstFrame(file.tensor("clip")).floats()))
                    .as("difference from anything else")
                    .isGreaterThan(50);
        }
    }

    /** The mean over pixels and colours; a JPEG of noise keeps no more than its rough lines. */
    private static double meanDifference(BufferedImage image, float[] pixels) {
        int area = image.getWidth() * image.getHeight();
        double sum = 0;
        for (int i = 0; i < area; i++) {
            int rgb = image.getRGB(i % image.getWidth(), i / image.getWidth());
            for (int c = 0; c < 3; c++) {
                sum += Math.abs((rgb >> (16 - 8 * c) & 255) - (pixels[c * area + i] + 1) * 127.5);
            }
        }
        return sum / (3 * area);
    }

    /** [C, 1, H, W] of [C, T, H, W]. */
    private static Tensor firstFrame(Tensor clip) {
        long[] shape = clip.shape();
        int area = (int) (shape[2] * shape[3]);
        float[] some = new float[(int) shape[0] * area];
        for (int c = 0; c < shape[0]; c++) {
            System.arraycopy(clip.floats(), c * (int) shape[1] * area, some, c * area, area);
        }
        return Tensor.f32(new long[] {shape[0], 1, shape[2], shape[3]}, some);
    }
}
