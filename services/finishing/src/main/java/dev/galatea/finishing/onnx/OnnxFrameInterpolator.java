package dev.galatea.finishing.onnx;

import java.nio.FloatBuffer;
import java.util.Map;

import ai.onnxruntime.OnnxTensor;

import dev.galatea.finishing.clip.FrameInterpolator;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.onnx.DirectBuffer;
import dev.galatea.onnx.OnnxModel;

/** Interpolates with a bundle's interpolator. One thread; many may share the model, which the owner closes. */
final class OnnxFrameInterpolator implements FrameInterpolator {

    private static final int COLOURS = 3;

    private final OnnxModel model;
    private final DirectBuffer first = new DirectBuffer();
    private final DirectBuffer second = new DirectBuffer();
    private final DirectBuffer at = new DirectBuffer();
    private final DirectBuffer between = new DirectBuffer();

    OnnxFrameInterpolator(OnnxModel model) {
        this.model = model;
    }

    @Override
    public void between(Pair pair, float time, float[] into) throws PoisonException, RetryableException {
        try (OnnxTensor one = tensor(first, pair.first(), pair);
                OnnxTensor other = tensor(second, pair.second(), pair);
                OnnxTensor when = model.tensor(at.floats(1).put(time).flip(), 1)) {
            model.run(
                            Map.of("first", one, "second", other, "time", when),
                            "frame",
                            between,
                            1,
                            COLOURS,
                            pair.height(),
                            pair.width())
                    .get(into);
        }
    }

    private OnnxTensor tensor(DirectBuffer buffer, float[] picture, Pair pair) throws RetryableException {
        FloatBuffer values = buffer.floats(picture.length).put(picture).flip();
        return model.tensor(values, 1, COLOURS, pair.height(), pair.width());
    }
}
