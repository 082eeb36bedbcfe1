package dev.galatea.clips.onnx;

import java.nio.FloatBuffer;
import java.util.Map;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;

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
    private final DirectBuffer buffer = new DirectBuffer();

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
        FloatBuffer input = buffer.floats(picture.length).put(picture).flip();
        try (OnnxTensor tensor = model.tensor(input, 1, COLOURS, height, width);
                OrtSession.Result result = model.run(Map.of("pictures", tensor))) {
            FloatBuffer output = OnnxModel.floats(OnnxModel.output(result, "upscaled"));
            if (output.remaining() != into.length) {
                throw new PoisonException(
                        "model_interface",
                        "the upscaler gave " + output.remaining() + " values for a picture of " + width + "x" + height
                                + "; valid are " + into.length + " for scale " + scale);
            }
            output.get(into);
        }
    }
}
