package dev.galatea.denoising.onnx;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;

import dev.galatea.denoising.diffusion.Denoiser;
import dev.galatea.denoising.diffusion.DenoiserException;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.plumbing.failure.PoisonException;
import dev.galatea.plumbing.failure.RetryableException;
import dev.galatea.plumbing.onnx.DirectBuffer;
import dev.galatea.plumbing.onnx.OnnxModel;

/**
 * The canonical denoiser ONNX. Contexts of a batch are padded with zeros to the longest one, and masked. Made for one
 * job; not thread-safe, because it keeps its buffers from step to step. The model belongs to whoever made this.
 */
final class OnnxDenoiser implements Denoiser {

    private final OnnxModel model;
    private final DirectBuffer latents = new DirectBuffer();
    private final DirectBuffer timesteps = new DirectBuffer();
    private final DirectBuffer contexts = new DirectBuffer();
    private final DirectBuffer masks = new DirectBuffer();

    OnnxDenoiser(OnnxModel model) {
        this.model = model;
    }

    @Override
    public List<Tensor> predict(List<Input> batch) {
        int longest = batch.stream()
                .mapToInt(input -> (int) input.context().shape()[0])
                .max()
                .orElseThrow();
        try (OnnxTensor latentsInput = latents(batch);
                OnnxTensor timestepInput = timesteps(batch);
                OnnxTensor contextInput = contexts(batch, longest);
                OnnxTensor maskInput = masks(batch, longest);
                OrtSession.Result result = model.run(Map.of(
                        "latents", latentsInput,
                        "timestep", timestepInput,
                        "context", contextInput,
                        "context_mask", maskInput))) {
            return split(OnnxModel.output(result, "prediction"), batch);
        } catch (RetryableException | PoisonException e) {
            throw new DenoiserException(e);
        }
    }

    private OnnxTensor latents(List<Input> batch) {
        Tensor first = batch.get(0).latents();
        FloatBuffer values = latents.floats(Math.toIntExact(batch.size() * first.elements()));
        for (Input input : batch) {
            values.put(input.latents().bytes().asFloatBuffer());
        }
        long[] shape = first.shape();
        return model.tensor(values.flip(), batch.size(), shape[0], shape[1], shape[2], shape[3]);
    }

    private OnnxTensor timesteps(List<Input> batch) {
        FloatBuffer values = timesteps.floats(batch.size());
        for (Input input : batch) {
            values.put(input.timestep());
        }
        return model.tensor(values.flip(), batch.size());
    }

    private OnnxTensor contexts(List<Input> batch, int longest) {
        int dim = (int) batch.get(0).context().shape()[1];
        FloatBuffer values = contexts.floats(batch.size() * longest * dim);
        for (Input input : batch) {
            float[] context = input.context().floats();
            values.put(context).put(new float[longest * dim - context.length]);
        }
        return model.tensor(values.flip(), batch.size(), longest, dim);
    }

    /** 1 where there is a token, 0 where there is padding. */
    private OnnxTensor masks(List<Input> batch, int longest) {
        LongBuffer values = masks.longs(batch.size() * longest);
        for (Input input : batch) {
            long tokens = input.context().shape()[0];
            for (int i = 0; i < longest; i++) {
                values.put(i < tokens ? 1 : 0);
            }
        }
        return model.tensor(values.flip(), batch.size(), longest);
    }

    private static List<Tensor> split(OnnxTensor predictions, List<Input> batch) {
        FloatBuffer values = predictions.getByteBuffer().asFloatBuffer();
        List<Tensor> split = new ArrayList<>(batch.size());
        for (Input input : batch) {
            float[] prediction = new float[Math.toIntExact(input.latents().elements())];
            values.get(prediction);
            split.add(Tensor.f32(input.latents().shape(), prediction));
        }
        return split;
    }
}
