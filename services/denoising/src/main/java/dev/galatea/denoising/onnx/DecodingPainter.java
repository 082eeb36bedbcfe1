package dev.galatea.denoising.onnx;

import java.awt.image.BufferedImage;
import java.nio.FloatBuffer;
import java.util.Map;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.noise.DecoderNoise;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.CarriedState;
import dev.galatea.onnx.OnnxModel;

/**
 * Paints with the decoder: one latent frame, at the cost of one frame and not of the clip, with noise where the decoder
 * takes some out. Thread-safe.
 */
final class DecodingPainter implements PreviewPainter {

    private static final int CHANNELS = 3;
    /** Of the noise that the decoder takes out: the same for all previews, so that none flickers against the others. */
    private static final long SEED = 0;

    private final OnnxModel decoder;
    private final BundleManifest manifest;

    DecodingPainter(OnnxModel decoder, BundleManifest manifest) {
        this.decoder = decoder;
        this.manifest = manifest;
    }

    @Override
    public byte[] paint(Tensor latents) throws RetryableException, PoisonException {
        long[] shape = latents.shape();
        Tensor middle = Tensor.f32(new long[] {shape[0], 1, shape[2], shape[3]}, PreviewPainter.middleFrame(latents));
        FloatBuffer frame =
                FloatBuffer.wrap(DecoderNoise.mixed(middle, manifest, SEED).floats());
        try (OnnxTensor input = decoder.tensor(frame, 1, shape[0], 1, shape[2], shape[3])) {
            return decoder.carriesState() ? asFirstChunk(input, shape[2], shape[3]) : alone(input);
        }
    }

    private byte[] alone(OnnxTensor input) throws RetryableException, PoisonException {
        try (OrtSession.Result result = decoder.run(Map.of("latents", input))) {
            OnnxTensor frames = OnnxModel.output(result, "frames");
            return paint(frames, (int) frames.getInfo().getShape()[2] / 2);
        }
    }

    /** As the first chunk of a clip, of whose frames the last one is real in any case. */
    private byte[] asFirstChunk(OnnxTensor input, long height, long width) throws RetryableException, PoisonException {
        try (CarriedState state = new CarriedState(decoder, height, width);
                OnnxTensor frames = state.run("latents", input, "frames")) {
            return paint(frames, (int) frames.getInfo().getShape()[2] - 1);
        }
    }

    private static byte[] paint(OnnxTensor frames, int which) {
        return PreviewPainter.jpeg(
                picture(OnnxModel.floats(frames), frames.getInfo().getShape(), which));
    }

    /** One frame of [1, 3, F, H, W] in [-1, 1]. */
    private static BufferedImage picture(FloatBuffer frames, long[] shape, int which) {
        int length = (int) shape[2];
        int height = (int) shape[3];
        int width = (int) shape[4];
        int area = height * width;
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < area; i++) {
            int rgb = 0;
            for (int c = 0; c < CHANNELS; c++) {
                rgb = (rgb << 8) | PreviewPainter.toByte(frames.get((c * length + which) * area + i));
            }
            image.setRGB(i % width, i / width, rgb);
        }
        return image;
    }
}
