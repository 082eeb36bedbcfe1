package dev.galatea.decoding.onnx;

import java.nio.FloatBuffer;
import java.util.Map;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;

import dev.galatea.decoding.tiling.DecoderMemoryException;
import dev.galatea.decoding.tiling.LatentDecoder;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.onnx.DirectBuffer;
import dev.galatea.onnx.OnnxModel;

/** Decodes tiles with a bundle's decoder. One thread; many may share the model, which the owner closes. */
public final class OnnxLatentDecoder implements LatentDecoder {

    private final OnnxModel model;
    private final int channels;
    private final DirectBuffer buffer = new DirectBuffer();

    /** A decoder of latents with that many channels. */
    public OnnxLatentDecoder(OnnxModel model, int channels) {
        this.model = model;
        this.channels = channels;
    }

    @Override
    public float[] decode(float[] latents, int frames, int height, int width)
            throws PoisonException, RetryableException, DecoderMemoryException {
        return DecoderMemory.watch(() -> {
            FloatBuffer input = buffer.floats(latents.length).put(latents).flip();
            try (OnnxTensor tensor = model.tensor(input, 1, channels, frames, height, width);
                    OrtSession.Result result = model.run(Map.of("latents", tensor))) {
                FloatBuffer output = OnnxModel.floats(OnnxModel.output(result, "frames"));
                float[] pixels = new float[output.remaining()];
                output.get(pixels);
                return pixels;
            }
        });
    }
}
