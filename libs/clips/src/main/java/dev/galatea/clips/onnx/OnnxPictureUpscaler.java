package dev.galatea.clips.onnx;

import java.nio.FloatBuffer;
import java.util.Map;

import ai.onnxruntime.OnnxTensor;

import dev.galatea.clips.upscaling.PictureUpscaler;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.onnx.DirectBuffer;
import dev.galatea.onnx.OnnxModel;

/** Upscales with a bundle's upscaler. One thread; many may share the model, which the owner closes. */
final class OnnxPictureUpscaler implements PictureUpscaler {

    private static final int COLOURS = 3;

    private final OnnxModel model;
    private final int scale;
    private final DirectBuffer pictures = new DirectBuffer();
    private final DirectBuffer upscaled = new DirectBuffer();

    OnnxPictureUpscaler(OnnxModel model, int scale) {
        this.model = model;
        this.scale = scale;
    }

    @Override
    public int scale() {
        return scale;
    }

    @Override
    public void upscale(float[] picture, int height, int width, float[] into)
            throws PoisonException, RetryableException {
        FloatBuffer small = pictures.floats(picture.length).put(picture).flip();
        try (OnnxTensor tensor = model.tensor(small, 1, COLOURS, height, width)) {
            model.run(
                            Map.of("pictures", tensor),
                            "upscaled",
                            upscaled,
                            1,
                            COLOURS,
                            (long) height * scale,
                            (long) width * scale)
                    .get(into);
        }
    }
}
