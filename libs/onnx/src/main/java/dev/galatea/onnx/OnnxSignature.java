package dev.galatea.onnx;

import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

import ai.onnxruntime.NodeInfo;

import static dev.galatea.onnx.TensorType.floats;
import static dev.galatea.onnx.TensorType.i64;

/**
 * The interface that a model must have: these inputs, of the optional ones all or none, no others; at least these
 * outputs; and, if the model may carry a state from one chunk of a clip to the next, for that {@code first},
 * {@code state.*} and {@code next.*} or none of them. The constants are the canonical interface of
 * {@link dev.galatea.model.bundle.BundleManifest}.
 */
public record OnnxSignature(
        Map<String, TensorType> inputs,
        Map<String, TensorType> optionalInputs,
        Map<String, TensorType> outputs,
        boolean mayCarryState) {

    /**
     * latents [B,C,T,H,W], timestep [B], context [B,L,D], context_mask [B,L] → prediction [B,C,T,H,W]; and, if the
     * model may be told a part of the clip (docs/decisions/0006), known [B,C,T,H,W] and known_mask [B,T].
     */
    public static final OnnxSignature DENOISER = new OnnxSignature(
            Map.of("latents", floats(5), "timestep", floats(1), "context", floats(3), "context_mask", i64(2)),
            Map.of("known", floats(5), "known_mask", i64(2)),
            Map.of("prediction", floats(5)),
            false);

    /** latents [B,C,T,H,W] → frames [B,3,F,H·s,W·s]; it may carry a {@link CarriedState state}. */
    public static final OnnxSignature DECODER =
            new OnnxSignature(Map.of("latents", floats(5)), Map.of(), Map.of("frames", floats(5)), true);

    /** frames [B,3,F,H,W] → latents [B,C,T,H/s,W/s]; it may carry a {@link CarriedState state}. */
    public static final OnnxSignature ENCODER =
            new OnnxSignature(Map.of("frames", floats(5)), Map.of(), Map.of("latents", floats(5)), true);

    /** pictures [B,3,H,W], of any size → embeddings [B,N,E]. */
    public static final OnnxSignature IMAGE_ENCODER =
            new OnnxSignature(Map.of("pictures", floats(4)), Map.of("embeddings", floats(3)));

    /** pictures [N,3,H,W] → upscaled [N,3,H·s,W·s]. */
    public static final OnnxSignature UPSCALER =
            new OnnxSignature(Map.of("pictures", floats(4)), Map.of("upscaled", floats(4)));

    /** first and second [N,3,H,W], time [N] between them → frame [N,3,H,W]. */
    public static final OnnxSignature INTERPOLATOR = new OnnxSignature(
            Map.of("first", floats(4), "second", floats(4), "time", floats(1)), Map.of("frame", floats(4)));

    public OnnxSignature {
        inputs = Map.copyOf(inputs);
        optionalInputs = Map.copyOf(optionalInputs);
        outputs = Map.copyOf(outputs);
    }

    /** An interface without optional inputs and without state. */
    public OnnxSignature(Map<String, TensorType> inputs, Map<String, TensorType> outputs) {
        this(inputs, Map.of(), outputs, false);
    }

    /** The same interface with one more input. */
    OnnxSignature with(String input, TensorType type) {
        Map<String, TensorType> more = new TreeMap<>(inputs);
        more.put(input, type);
        return new OnnxSignature(more, optionalInputs, outputs, mayCarryState);
    }

    /** An interface of the same inputs with another, single output. */
    OnnxSignature giving(String output, TensorType type) {
        return new OnnxSignature(inputs, optionalInputs, Map.of(output, type), mayCarryState);
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
        boolean carriesState = carriesState(modelInputs);
        if (carriesState) {
            String wrong = StateLayout.mismatch(modelInputs, modelOutputs);
            if (!wrong.isEmpty()) {
                problems.add(wrong);
            }
        }
        for (String name : modelInputs.keySet()) {
            boolean forState = carriesState && StateLayout.owns(name);
            if (!forState && !inputs.containsKey(name) && !optionalInputs.containsKey(name)) {
                problems.add("input '" + name + "' is not known; valid are " + new TreeMap<>(inputs).keySet());
            }
        }
        return problems.toString();
    }

    /** Tells whether a model of this signature carries a state. */
    boolean carriesState(Map<String, NodeInfo> modelInputs) {
        return mayCarryState && StateLayout.isAmong(modelInputs.keySet());
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
