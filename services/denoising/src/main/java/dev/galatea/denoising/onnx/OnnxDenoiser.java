package dev.galatea.denoising.onnx;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import ai.onnxruntime.OnnxTensor;
import org.jspecify.annotations.Nullable;

import dev.galatea.denoising.diffusion.Denoiser;
import dev.galatea.denoising.diffusion.DenoiserException;
import dev.galatea.model.bundle.BundleManifest.ContextPadding;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.DirectBuffer;
import dev.galatea.onnx.OnnxModel;

/**
 * The canonical denoiser ONNX. Made for one job; not thread-safe, because it keeps its buffers from step to step. The
 * model belongs to whoever made this.
 */
final class OnnxDenoiser implements Denoiser {

    private final OnnxModel model;
    private final DenoiserInputs inputs;
    private final DirectBuffer predictions = new DirectBuffer();

    /** @param padding the manifest's {@code text.contextPadding} */
    OnnxDenoiser(OnnxModel model, @Nullable ContextPadding padding) {
        this.model = model;
        this.inputs = new DenoiserInputs(model, padding);
    }

    @Override
    public List<Tensor> predict(List<Input> batch) {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        try {
            inputs.fill(tensors, batch);
            long[] shape = batch.get(0).latents().shape();
            return split(
                    model.run(tensors, "prediction", predictions, batch.size(), shape[0], shape[1], shape[2], shape[3]),
                    batch);
        } catch (RetryableException | PoisonException e) {
            throw new DenoiserException(e);
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    private static List<Tensor> split(FloatBuffer values, List<Input> batch) {
        List<Tensor> split = new ArrayList<>(batch.size());
        for (Input input : batch) {
            float[] prediction = new float[Math.toIntExact(input.latents().elements())];
            values.get(prediction);
            split.add(Tensor.f32(input.latents().shape(), prediction));
        }
        return split;
    }
}
