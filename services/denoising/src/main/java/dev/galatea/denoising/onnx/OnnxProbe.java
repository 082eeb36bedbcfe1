package dev.galatea.denoising.onnx;

import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import org.jspecify.annotations.Nullable;

import dev.galatea.denoising.diffusion.Denoiser;
import dev.galatea.denoising.diffusion.DenoiserException;
import dev.galatea.denoising.diffusion.Probe;
import dev.galatea.model.bundle.BundleManifest.ContextPadding;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.onnx.OnnxModel;

/**
 * The probe ONNX of a denoiser. Made for one job; not thread-safe, because it keeps its buffers from step to step. The
 * model belongs to whoever made this.
 */
final class OnnxProbe implements Probe {

    private final OnnxModel model;
    private final DenoiserInputs inputs;

    /** @param padding the manifest's {@code text.contextPadding} */
    OnnxProbe(OnnxModel model, @Nullable ContextPadding padding) {
        this.model = model;
        this.inputs = new DenoiserInputs(model, padding);
    }

    @Override
    public double change(Denoiser.Input before, Denoiser.Input now) {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        try {
            inputs.fill(tensors, List.of(before, now));
            try (OrtSession.Result result = model.run(tensors)) {
                return change(OnnxModel.floats(OnnxModel.output(result, "probe")));
            }
        } catch (RetryableException | PoisonException e) {
            throw new DenoiserException(e);
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    /** The relative change from the first half of the values to the second. */
    private static double change(FloatBuffer both) {
        int half = both.remaining() / 2;
        double difference = 0;
        double whole = 0;
        for (int i = 0; i < half; i++) {
            float first = both.get(i);
            difference += Math.abs((double) both.get(half + i) - first);
            whole += Math.abs((double) first);
        }
        return difference / whole;
    }
}
