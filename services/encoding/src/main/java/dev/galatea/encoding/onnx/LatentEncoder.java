package dev.galatea.encoding.onnx;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;

import dev.galatea.encoding.media.Frames;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.DirectBuffer;
import dev.galatea.onnx.OnnxModel;

/** Encodes with a bundle's encoder. One thread; many may share the model, which its owner closes. */
public final class LatentEncoder {

    /**
     * Latents have about unit variance. For pictures unlike any that an encoder was trained on, a small one can give
     * values hundreds of times as large, of which the denoiser makes nothing but noise.
     */
    private static final float LARGEST = 8;

    private final OnnxModel model;
    private final DirectBuffer buffer = new DirectBuffer();

    LatentEncoder(OnnxModel model) {
        this.model = model;
    }

    /** Latents f32 [C, T, H, W] of frames, each within 8 standard deviations. */
    public Tensor encode(Frames frames) throws PoisonException, RetryableException {
        float[] values = frames.values();
        FloatBuffer input = buffer.floats(values.length).put(values).flip();
        try (OnnxTensor tensor = model.tensor(input, 1, 3, frames.frames(), frames.height(), frames.width());
                OrtSession.Result result = model.run(Map.of("frames", tensor))) {
            OnnxTensor output = OnnxModel.output(result, "latents");
            long[] shape = output.getInfo().getShape();
            FloatBuffer latents = output.getFloatBuffer();
            float[] copy = new float[latents.remaining()];
            latents.get(copy);
            for (int i = 0; i < copy.length; i++) {
                copy[i] = Math.min(Math.max(copy[i], -LARGEST), LARGEST);
            }
            return Tensor.f32(Arrays.copyOfRange(shape, 1, shape.length), copy);
        }
    }
}
