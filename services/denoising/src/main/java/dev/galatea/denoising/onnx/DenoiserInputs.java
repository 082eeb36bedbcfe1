package dev.galatea.denoising.onnx;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

import ai.onnxruntime.OnnxTensor;
import org.jspecify.annotations.Nullable;

import dev.galatea.denoising.diffusion.ConditioningLatents;
import dev.galatea.denoising.diffusion.Denoiser.Input;
import dev.galatea.model.bundle.BundleManifest.ContextPadding;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.DirectBuffer;
import dev.galatea.onnx.OnnxModel;

/**
 * The inputs of a denoiser, and of its probe, as tensors. Contexts of a batch are padded with zeros: as the manifest
 * says, or to the longest one and masked. Not thread-safe, because it keeps its buffers from step to step.
 */
final class DenoiserInputs {

    private final OnnxModel model;
    private final @Nullable ContextPadding padding;
    private final DirectBuffer latents = new DirectBuffer();
    private final DirectBuffer timesteps = new DirectBuffer();
    private final DirectBuffer contexts = new DirectBuffer();
    private final DirectBuffer masks = new DirectBuffer();
    private final DirectBuffer known = new DirectBuffer();
    private final DirectBuffer knownMasks = new DirectBuffer();
    private final DirectBuffer imageEmbeddings = new DirectBuffer();

    /** @param padding the manifest's {@code text.contextPadding} */
    DenoiserInputs(OnnxModel model, @Nullable ContextPadding padding) {
        this.model = model;
        this.padding = padding;
    }

    /**
     * Fills in the inputs of a batch, by their names; the caller closes them.
     *
     * @param inputs takes them, also those that were made before a failure
     */
    void fill(Map<String, OnnxTensor> inputs, List<Input> batch) throws PoisonException {
        int rows = rows(batch);
        inputs.put("latents", volumes(latents, batch, Input::latents));
        inputs.put("timestep", timesteps(batch));
        inputs.put("context", contexts(batch, rows));
        inputs.put("context_mask", masks(batch, rows));
        if (batch.get(0).known() != null) {
            if (!model.takes("known")) {
                throw new PoisonException(
                        "reference_unsupported",
                        "referenceMask: this denoiser can't be told a part of the clip; valid is none");
            }
            inputs.put("known", volumes(known, batch, input -> told(input).latents()));
            inputs.put("known_mask", knownMasks(batch));
        } else if (model.takes("known")) {
            inputs.put("known", model.tensor(known.floats(1).put(0, 0), 1, 1, 1, 1, 1));
            inputs.put("known_mask", model.tensor(knownMasks.longs(1).put(0, 0), 1, 1));
        }
        if (model.takes("image_embeddings")) {
            inputs.put("image_embeddings", imageEmbeddings(batch));
        }
    }

    private OnnxTensor volumes(DirectBuffer buffer, List<Input> batch, Function<Input, Tensor> volume) {
        Tensor first = batch.get(0).latents();
        FloatBuffer values = buffer.floats(Math.toIntExact(batch.size() * first.elements()));
        for (Input input : batch) {
            values.put(volume.apply(input).bytes().asFloatBuffer());
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

    private OnnxTensor contexts(List<Input> batch, int rows) {
        int dim = (int) batch.get(0).context().shape()[1];
        FloatBuffer values = contexts.floats(batch.size() * rows * dim);
        for (Input input : batch) {
            float[] context = input.context().floats();
            values.put(context).put(new float[rows * dim - context.length]);
        }
        return model.tensor(values.flip(), batch.size(), rows, dim);
    }

    /** 1 where there is a token, and at padding that the denoiser shall see; 0 at other padding. */
    private OnnxTensor masks(List<Input> batch, int rows) {
        LongBuffer values = masks.longs(batch.size() * rows);
        boolean seen = padding != null && !padding.masked();
        for (Input input : batch) {
            long tokens = input.context().shape()[0];
            for (int i = 0; i < rows; i++) {
                values.put(seen || i < tokens ? 1 : 0);
            }
        }
        return model.tensor(values.flip(), batch.size(), rows);
    }

    private int rows(List<Input> batch) {
        int longest = batch.stream()
                .mapToInt(input -> (int) input.context().shape()[0])
                .max()
                .orElseThrow();
        return padding == null ? longest : Math.max(longest, padding.to());
    }

    private OnnxTensor knownMasks(List<Input> batch) {
        int frames = told(batch.get(0)).mask().size();
        LongBuffer values = knownMasks.longs(batch.size() * frames);
        for (Input input : batch) {
            told(input).mask().forEach(frame -> values.put(frame));
        }
        return model.tensor(values.flip(), batch.size(), frames);
    }

    private OnnxTensor imageEmbeddings(List<Input> batch) throws PoisonException {
        long[] shape = imageEmbeddings(batch.get(0)).shape();
        FloatBuffer values = imageEmbeddings.floats(Math.toIntExact(batch.size() * shape[0] * shape[1]));
        for (Input input : batch) {
            values.put(imageEmbeddings(input).bytes().asFloatBuffer());
        }
        return model.tensor(values.flip(), batch.size(), shape[0], shape[1]);
    }

    private static Tensor imageEmbeddings(Input input) throws PoisonException {
        ConditioningLatents known = input.known();
        Tensor embeddings = known == null ? null : known.imageEmbeddings();
        if (embeddings == null) {
            throw new PoisonException(
                    "reference_missing",
                    "imageEmbeddings: are missing; this denoiser makes clips that begin with a picture");
        }
        return embeddings;
    }

    private static ConditioningLatents told(Input input) {
        return Objects.requireNonNull(input.known(), "known: all of a batch have it, or none");
    }
}
