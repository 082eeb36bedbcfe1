package dev.galatea.onnx;

import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

import ai.onnxruntime.NodeInfo;

import static dev.galatea.onnx.TensorType.f32;
import static dev.galatea.onnx.TensorType.i64;

/**
 * The interface that a model must have: these inputs, of the optional ones all or none, no others; at least these
 * outputs. The constants are the canonical interface of {@link dev.galatea.model.bundle.BundleManifest}.
 */
public record OnnxSignature(
        Map<String, TensorType> inputs, Map<String, TensorType> optionalInputs, Map<String, TensorType> outputs) {

    /**
     * latents [B,C,T,H,W], timestep [B], context [B,L,D], context_mask [B,L] → prediction [B,C,T,H,W]; and, if the
     * model may be told a part of the clip (docs/decisions/0006), known [B,C,T,H,W] and known_mask [B,T].
     */
    public static final OnnxSignature DENOISER = new OnnxSignature(
            Map.of("latents", f32(5), "timestep", f32(1), "context", f32(3), "context_mask", i64(2)),
            Map.of("known", f32(5), "known_mask", i64(2)),
            Map.of("prediction", f32(5)));

    /** latents [B,C,T,H,W] → frames [B,3,F,H·s,W·s]. */
    public static final OnnxSignature DECODER = new OnnxSignature(Map.of("latents", f32(5)), Map.of("frames", f32(5)));

    /** frames [B,3,F,H,W] → latents [B,C,T,H/s,W/s]. */
    public static final OnnxSignature ENCODER = new OnnxSignature(Map.of("frames", f32(5)), Map.of("latents", f32(5)));

    public OnnxSignature {
        inputs = Map.copyOf(inputs);
        optionalInputs = Map.copyOf(optionalInputs);
        outputs = Map.copyOf(outputs);
    }

    /** An interface without optional inputs. */
    public OnnxSignature(Map<String, TensorType> inputs, Map<String, TensorType> outputs) {
        this(inputs, Map.of(), outputs);
    }

    /** Explains the differences of a model's nodes from this signature; an empty text if there are none. */
    String mismatch(Map<String, NodeInfo> modelInputs, Map<String, NodeInfo> modelOutputs) {
        StringJoiner problems = new StringJoiner("; ");
        boolean hasOptional = modelInputs.keySet().stream().anyMatch(optionalInputs::containsKey);
        compare("input", inputs, modelInputs, problems);
        if (hasOptional) {
            compare("input", optionalInputs, modelInputs, problems);
        }
        compare("output", outputs, modelOutputs, problems);
        for (String name : modelInputs.keySet()) {
            if (!inputs.containsKey(name) && !optionalInputs.containsKey(name)) {
                problems.add("input '" + name + "' is not known; valid are " + new TreeMap<>(inputs).keySet());
            }
        }
        return problems.toString();
    }

    private static void compare(
            String kind, Map<String, TensorType> expected, Map<String, NodeInfo> actual, StringJoiner problems) {
        new TreeMap<>(expected).forEach((name, type) -> {
            NodeInfo node = actual.get(name);
            if (node == null) {
                problems.add(kind + " '" + name + "' is missing; the model has " + actual.keySet());
            } else if (!type.accepts(node)) {
                problems.add(kind + " '" + name + "' is " + TensorType.describe(node) + "; valid is " + type);
            }
        });
    }
}
