package dev.galatea.encoding.onnx;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;

import dev.galatea.encoding.media.FrameSequence;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.CarriedState;
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
    private final BundleManifest.Latent latent;
    private final int chunk;
    private final DirectBuffer buffer = new DirectBuffer();

    /**
     * An encoder.
     *
     * @param latent the latent space that the model encodes into
     * @param chunk latent frames that a model with a state encodes at once
     */
    LatentEncoder(OnnxModel model, BundleManifest.Latent latent, int chunk) {
        this.model = model;
        this.latent = latent;
        this.chunk = chunk;
    }

    /** Latents f32 [C, T, H, W] of frames, each within 8 standard deviations. */
    public Tensor encode(FrameSequence frames) throws PoisonException, RetryableException {
        Tensor latents = model.carriesState() ? inChunks(frames) : atOnce(frames);
        float[] values = latents.floats();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.min(Math.max(values[i], -LARGEST), LARGEST);
        }
        return Tensor.f32(latents.shape(), values);
    }

    private Tensor atOnce(FrameSequence frames) throws PoisonException, RetryableException {
        FloatBuffer input = buffer.floats(3 * frames.frames() * frames.height() * frames.width());
        put(frames, 0, frames.frames(), input);
        try (OnnxTensor tensor = model.tensor(input.flip(), 1, 3, frames.frames(), frames.height(), frames.width());
                OrtSession.Result result = model.run(Map.of("frames", tensor))) {
            return latents(OnnxModel.output(result, "latents"));
        }
    }

    /** Every cut gives the same latents, so memory does not grow with the clip's length. */
    private Tensor inChunks(FrameSequence frames) throws PoisonException, RetryableException {
        int t = latent.temporalCompression();
        int length = latent.latentFrames(frames.frames());
        List<Tensor> parts = new ArrayList<>();
        try (CarriedState state = new CarriedState(model, frames.height(), frames.width())) {
            for (int start = 0; start < length; start += chunk) {
                int end = Math.min(length, start + chunk);
                // Of a causal first latent frame, the last frame alone is real.
                int from = start * t - (latent.causalFirstFrame() ? t - 1 : 0);
                FloatBuffer input = buffer.floats(3 * (end - start) * t * frames.height() * frames.width());
                put(frames, from, (end - start) * t, input);
                try (OnnxTensor tensor =
                                model.tensor(input.flip(), 1, 3, (end - start) * t, frames.height(), frames.width());
                        OnnxTensor output = state.run("frames", tensor, "latents")) {
                    parts.add(latents(output));
                }
            }
        }
        return joined(parts, length);
    }

    /** Puts frames [3, count, H, W] from one on; those before the first one are zeros. */
    private static void put(FrameSequence frames, int from, int count, FloatBuffer into) {
        int area = frames.height() * frames.width();
        float[] none = new float[area];
        for (int c = 0; c < 3; c++) {
            for (int f = from; f < from + count; f++) {
                if (f < 0) {
                    into.put(none);
                } else {
                    frames.put(c, f, into);
                }
            }
        }
    }

    /** [C, t, H, W] one after the other in time: [C, length, H, W]. */
    private static Tensor joined(List<Tensor> parts, int length) throws PoisonException {
        long[] shape = parts.get(0).shape();
        int channels = (int) shape[0];
        int area = Math.toIntExact(shape[2] * shape[3]);
        float[] all = new float[Math.multiplyExact(Math.multiplyExact(channels, length), area)];
        int at = 0;
        for (Tensor part : parts) {
            float[] values = part.floats();
            int some = values.length / channels;
            if (values.length % channels != 0 || at + some > length * area) {
                throw new PoisonException(
                        "model_output", "encoder: gave " + part + "; valid are " + length + " latent frames in all");
            }
            for (int c = 0; c < channels; c++) {
                System.arraycopy(values, c * some, all, c * length * area + at, some);
            }
            at += some;
        }
        return Tensor.f32(new long[] {channels, length, shape[2], shape[3]}, all);
    }

    /** Copies an output [1, C, T, H, W]. */
    private static Tensor latents(OnnxTensor output) {
        long[] shape = output.getInfo().getShape();
        FloatBuffer values = OnnxModel.floats(output);
        float[] copy = new float[values.remaining()];
        values.get(copy);
        return Tensor.f32(Arrays.copyOfRange(shape, 1, shape.length), copy);
    }
}
