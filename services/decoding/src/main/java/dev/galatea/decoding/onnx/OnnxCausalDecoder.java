package dev.galatea.decoding.onnx;

import java.nio.FloatBuffer;

import ai.onnxruntime.OnnxTensor;

import dev.galatea.decoding.tiling.DecoderMemoryException;
import dev.galatea.decoding.tiling.LatentDecoder;
import dev.galatea.decoding.tiling.TileDecoder;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.onnx.CarriedState;
import dev.galatea.onnx.DirectBuffer;
import dev.galatea.onnx.OnnxModel;

/**
 * Decodes with a bundle's decoder that carries a state from one chunk of a clip to the next. One thread; many may share
 * the model, which the owner closes.
 */
final class OnnxCausalDecoder implements LatentDecoder {

    private final OnnxModel model;
    private final int channels;
    private final DirectBuffer buffer = new DirectBuffer();

    /** A decoder of latents with that many channels. */
    OnnxCausalDecoder(OnnxModel model, int channels) {
        this.model = model;
        this.channels = channels;
    }

    @Override
    public boolean carriesState() {
        return true;
    }

    @Override
    public float[] decode(float[] latents, int frames, int height, int width)
            throws PoisonException, RetryableException, DecoderMemoryException {
        try (Tile tile = new Tile(height, width)) {
            return tile.decode(latents, frames);
        }
    }

    @Override
    public TileDecoder begin(int height, int width) throws PoisonException {
        return new Tile(height, width);
    }

    private final class Tile implements TileDecoder {

        private final int height;
        private final int width;
        private final CarriedState state;

        Tile(int height, int width) throws PoisonException {
            this.height = height;
            this.width = width;
            this.state = new CarriedState(model, height, width);
        }

        @Override
        public float[] decode(float[] latents, int frames)
                throws PoisonException, RetryableException, DecoderMemoryException {
            return DecoderMemory.watch(() -> {
                FloatBuffer input = buffer.floats(latents.length).put(latents).flip();
                try (OnnxTensor chunk = model.tensor(input, 1, channels, frames, height, width);
                        OnnxTensor output = state.run("latents", chunk, "frames")) {
                    FloatBuffer values = OnnxModel.floats(output);
                    float[] pixels = new float[values.remaining()];
                    values.get(pixels);
                    return pixels;
                }
            });
        }

        @Override
        public void close() {
            state.close();
        }
    }
}
