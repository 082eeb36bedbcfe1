package dev.galatea.encoding.onnx;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;

import dev.galatea.encoding.media.FrameSequence;
import dev.galatea.model.bundle.ImageEmbeddings;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.DirectBuffer;
import dev.galatea.onnx.OnnxModel;

/**
 * Encodes pictures with a bundle's image encoder. How a picture is scaled, cut and normalised for it is part of the
 * graph. One thread; many may share the model, which its owner closes.
 */
public final class PictureEncoder {

    private final OnnxModel model;
    private final ImageEmbeddings expected;
    private final DirectBuffer buffer = new DirectBuffer();

    /** @param expected the shape of what the model gives */
    PictureEncoder(OnnxModel model, ImageEmbeddings expected) {
        this.model = model;
        this.expected = expected;
    }

    /**
     * Embeddings f32 [N, E] of the first one of some frames.
     *
     * @throws PoisonException {@code model_output}: the model gave another shape than the manifest says
     */
    public Tensor encode(FrameSequence frames) throws PoisonException, RetryableException {
        int area = frames.height() * frames.width();
        FloatBuffer input = buffer.floats(3 * area);
        for (int c = 0; c < 3; c++) {
            frames.put(c, 0, input);
        }
        try (OnnxTensor tensor = model.tensor(input.flip(), 1, 3, frames.height(), frames.width());
                OrtSession.Result result = model.run(Map.of("pictures", tensor))) {
            return embeddings(OnnxModel.output(result, "embeddings"));
        }
    }

    private Tensor embeddings(OnnxTensor output) throws PoisonException {
        long[] shape = output.getInfo().getShape();
        long[] valid = {1, expected.tokens(), expected.dim()};
        if (!Arrays.equals(shape, valid)) {
            throw new PoisonException(
                    "model_output",
                    "imageEncoder: gave " + Arrays.toString(shape) + "; valid is " + Arrays.toString(valid)
                            + ", the manifest's imageEmbeddings");
        }
        FloatBuffer values = OnnxModel.floats(output);
        float[] copy = new float[values.remaining()];
        values.get(copy);
        return Tensor.f32(new long[] {shape[1], shape[2]}, copy);
    }
}
