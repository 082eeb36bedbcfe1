package dev.galatea.denoising.onnx;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

import dev.galatea.model.bundle.PreviewMatrix;
import dev.galatea.model.tensor.Tensor;

/**
 * Paints latents without their decoder: each position becomes a colour by one linear map, and the picture is enlarged
 * to the clip's size. Costs next to nothing, and shows rough shapes and colours. Thread-safe.
 */
final class MatrixPainter implements PreviewPainter {

    private static final int COLOURS = 3;

    private final PreviewMatrix preview;
    private final int scale;

    /**
     * A painter.
     *
     * @param scale pixels per latent position, in each direction
     */
    MatrixPainter(PreviewMatrix preview, int scale) {
        this.preview = preview;
        this.scale = scale;
    }

    @Override
    public byte[] paint(Tensor latents) {
        int height = (int) latents.shape()[2];
        int width = (int) latents.shape()[3];
        float[] frame = PreviewPainter.middleFrame(latents);
        BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            small.setRGB(i % width, i / width, colour(frame, i, width * height));
        }
        return PreviewPainter.jpeg(enlarged(small));
    }

    private int colour(float[] frame, int position, int area) {
        int rgb = 0;
        for (int colour = 0; colour < COLOURS; colour++) {
            double value = preview.bias().get(colour);
            for (int c = 0; c < preview.latentToRgb().size(); c++) {
                List<Double> parts = preview.latentToRgb().get(c);
                value += frame[c * area + position] * parts.get(colour);
            }
            rgb = rgb << 8 | PreviewPainter.toByte((float) value);
        }
        return rgb;
    }

    private BufferedImage enlarged(BufferedImage small) {
        BufferedImage large =
                new BufferedImage(small.getWidth() * scale, small.getHeight() * scale, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = large.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            graphics.drawImage(small, 0, 0, large.getWidth(), large.getHeight(), null);
        } finally {
            graphics.dispose();
        }
        return large;
    }
}
