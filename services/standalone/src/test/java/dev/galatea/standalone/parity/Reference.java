package dev.galatea.standalone.parity;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.SafeTensorsFile;
import dev.galatea.model.tensor.Tensor;

/**
 * What diffusers' own pipeline makes of a tiny bundle's checkpoint; {@code python -m model_lab.open_models tiny} writes
 * it beside the bundle.
 *
 * <pre>
 * NAME.json         prompt, negativePrompt, seed, width, height, frames, steps: numbers of steps, guidance,
 *                   lowNoiseGuidance (two experts), scheduler (if it is not the bundle's default)
 * NAME.safetensors  noise [C,T,H,W]      context, negative_context: the texts' own tokens [L,D]
 *                   latents.STEPS        frames.STEPS: [3,F,H,W], unclamped
 *                   known [C,k,H,W]      the first k latent frames, where they are given; with the conditioning
 *                                        "concatenate" a picture and nothing after it, encoded as one clip
 *                   image_embeddings     of the picture, [N,E], where the denoiser looks at them
 * </pre>
 */
record Reference(JsonNode facts, SafeTensorsFile tensors) {

    static Reference read(Path bundle, String name) throws Exception {
        JsonNode facts = JsonMapper.builder()
                .build()
                .readTree(bundle.resolve(name + ".json").toFile());
        return new Reference(facts, SafeTensors.read(Files.readAllBytes(bundle.resolve(name + ".safetensors"))));
    }

    Tensor tensor(String name) {
        return tensors.tensor(name);
    }

    boolean has(String name) {
        return tensors.tensors().containsKey(name);
    }

    String text(String field) {
        return facts.required(field).asText();
    }

    long seed() {
        return facts.required("seed").asLong();
    }

    float guidance() {
        return (float) facts.required("guidance").asDouble();
    }

    /** The scheduler's name; the bundle's default unless the reference was made with another one. */
    String scheduler(String usual) {
        return facts.path("scheduler").asText(usual);
    }

    /** The largest difference of any two values; not a number if one of them is none. */
    static float difference(float[] one, float[] other) {
        if (one.length != other.length) {
            throw new AssertionError("one has " + one.length + " values, the other " + other.length);
        }
        float largest = 0;
        for (int i = 0; i < one.length; i++) {
            largest = Math.max(largest, Math.abs(one[i] - other[i]));
        }
        return largest;
    }

    /** Splits [C, T, H, W] into its first {@code frames} latent frames and the others. */
    static Map.Entry<float[], float[]> split(Tensor latents, int frames) {
        long[] shape = latents.shape();
        int area = Math.toIntExact(shape[2] * shape[3]);
        int all = Math.toIntExact(shape[1]);
        float[] values = latents.floats();
        float[] first = new float[Math.toIntExact(shape[0]) * frames * area];
        float[] others = new float[values.length - first.length];
        for (int c = 0; c < shape[0]; c++) {
            System.arraycopy(values, c * all * area, first, c * frames * area, frames * area);
            System.arraycopy(
                    values, (c * all + frames) * area, others, c * (all - frames) * area, (all - frames) * area);
        }
        return Map.entry(first, others);
    }

    /** Puts frames [C, k, H, W] in front of zeros: [C, T, H, W]. */
    static Tensor padded(Tensor frames, long[] shape) {
        long[] from = frames.shape();
        int area = Math.toIntExact(shape[2] * shape[3]);
        float[] values = new float[Math.toIntExact(shape[0] * shape[1]) * area];
        int length = Math.toIntExact(from[1]) * area;
        for (int c = 0; c < shape[0]; c++) {
            System.arraycopy(frames.floats(), c * length, values, c * Math.toIntExact(shape[1]) * area, length);
        }
        return Tensor.f32(shape, values);
    }
}
