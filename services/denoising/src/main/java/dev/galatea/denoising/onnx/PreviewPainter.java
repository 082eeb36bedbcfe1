package dev.galatea.denoising.onnx;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.tensor.Tensor;

/** Makes a small picture of the one latent frame in the middle of a clip. Thread-safe. */
interface PreviewPainter {

    /**
     * Paints.
     *
     * @param latents f32 [C, T, H, W]
     * @return a JPEG file
     */
    byte[] paint(Tensor latents) throws RetryableException, PoisonException;

    /** The latent frame in the middle: [C, T, H, W] → [C, 1, H, W]. */
    static float[] middleFrame(Tensor latents) {
        long[] shape = latents.shape();
        int area = Math.toIntExact(shape[2] * shape[3]);
        int length = (int) shape[1];
        float[] all = latents.floats();
        float[] frame = new float[(int) shape[0] * area];
        for (int c = 0; c < shape[0]; c++) {
            System.arraycopy(all, (c * length + length / 2) * area, frame, c * area, area);
        }
        return frame;
    }

    /** The byte of a value in [-1, 1]; others are cut. */
    static int toByte(float value) {
        return Math.round(Math.min(Math.max((value + 1) * 127.5f, 0), 255));
    }

    /** A picture as JPEG. */
    static byte[] jpeg(BufferedImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, "jpeg", bytes)) {
                throw new IllegalStateException("this Java has no JPEG writer");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
