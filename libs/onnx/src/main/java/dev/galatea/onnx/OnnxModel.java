package dev.galatea.onnx;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.platform.Fp16Conversions;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;

/**
 * One loaded model. Thread-safe: runs may overlap, but {@link #close} must come after the last of them. Tensors and
 * results belong to the caller, who closes them. Where a model takes or gives floats of 16 bits, callers have 32 bits
 * all the same: they are converted at the model's border.
 */
public final class OnnxModel implements AutoCloseable {

    /** What ONNX Runtime says when an output has another shape, or another rank, than the room for it. */
    private static final List<String> OTHER_SHAPE = List.of("pre-allocated shapes", "rank for output");

    private final String role;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final Timer timer;
    /** Null if the model carries no state. */
    private @Nullable StateLayout layout;
    /** The inputs that take floats of 16 bits; known when the signature was looked at. */
    private Map<String, OnnxJavaType> halfInputs = Map.of();
    /** The outputs that give floats of 16 bits; likewise. */
    private Set<String> halfOutputs = Set.of();

    OnnxModel(String role, OrtEnvironment environment, OrtSession session, Timer timer) {
        this.role = role;
        this.environment = environment;
        this.session = session;
        this.timer = timer;
    }

    /** A tensor over the buffer's remaining elements; no copy if the buffer is direct. */
    public OnnxTensor tensor(FloatBuffer values, long... shape) {
        try {
            return OnnxTensor.createTensor(environment, values, shape);
        } catch (OrtException e) {
            throw new IllegalArgumentException(role + ": " + e.getMessage(), e);
        }
    }

    /** A tensor over the buffer's remaining elements; no copy if the buffer is direct. */
    public OnnxTensor tensor(LongBuffer values, long... shape) {
        try {
            return OnnxTensor.createTensor(environment, values, shape);
        } catch (OrtException e) {
            throw new IllegalArgumentException(role + ": " + e.getMessage(), e);
        }
    }

    /** Tells whether the model has an input of that name. */
    public boolean takes(String input) {
        return session.getInputNames().contains(input);
    }

    /** Tells whether the model carries a {@link CarriedState state} from one chunk of a clip to the next. */
    public boolean carriesState() {
        return layout != null;
    }

    /** The shapes of the states, by input, for a clip with that many rows and columns in the model's input. */
    SortedMap<String, long[]> states(long height, long width) {
        if (layout == null) {
            throw new IllegalArgumentException(role + ": carries no state");
        }
        return layout.shapes(height, width);
    }

    /**
     * Runs the model. The time inside ONNX Runtime is counted in the timer {@code galatea.onnx.run}.
     *
     * @return all outputs; the caller closes it
     * @throws PoisonException {@code model_input}: the model can't take these inputs
     * @throws RetryableException {@code inference_failed}: anything else, such as no memory on the device
     */
    public OrtSession.Result run(Map<String, OnnxTensor> inputs) throws RetryableException, PoisonException {
        return run(inputs, Map.of());
    }

    /**
     * Runs the model, which writes an output of floats where the caller has room for it: without a copy if it gives 32
     * bits.
     *
     * @param into takes the output
     * @param shape of the output
     * @return the output's values, valid until {@code into} is used again
     * @throws PoisonException also {@code model_interface}: the output has another shape
     */
    public FloatBuffer run(Map<String, OnnxTensor> inputs, String output, DirectBuffer into, long... shape)
            throws RetryableException, PoisonException {
        int count = Math.toIntExact(LongStream.of(shape).reduce(1, Math::multiplyExact));
        if (halfOutputs.contains(output)) {
            try (OrtSession.Result result = run(inputs)) {
                OnnxTensor given = output(result, output);
                requireShape(output, given.getInfo().getShape(), shape);
                return into.floats(count).put(floats(given)).flip();
            }
        }
        FloatBuffer values = into.floats(count);
        try (OnnxTensor room = tensor(values, shape);
                OrtSession.Result result = run(inputs, Map.of(output, room))) {
            return values;
        }
    }

    private OrtSession.Result run(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs)
            throws RetryableException, PoisonException {
        long start = System.nanoTime();
        List<OnnxTensor> converted = new ArrayList<>();
        try {
            return outputs.isEmpty()
                    ? session.run(narrowed(inputs, converted))
                    : session.run(narrowed(inputs, converted), outputs);
        } catch (OrtException e) {
            String message = role + ": " + e.getMessage();
            if (OTHER_SHAPE.stream().anyMatch(message::contains)) {
                throw new PoisonException("model_interface", message, e);
            }
            if (e.getCode() == OrtErrorCode.ORT_INVALID_ARGUMENT) {
                throw new PoisonException("model_input", message, e);
            }
            throw new RetryableException("inference_failed", message, e);
        } finally {
            converted.forEach(OnnxTensor::close);
            timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }

    private void requireShape(String output, long[] given, long[] shape) throws PoisonException {
        if (!Arrays.equals(given, shape)) {
            throw new PoisonException(
                    "model_interface",
                    role + ": output '" + output + "' has the shape " + Arrays.toString(given) + "; valid is "
                            + Arrays.toString(shape));
        }
    }

    /** The inputs in the types that the model takes; those that are made here are added to {@code converted}. */
    private Map<String, OnnxTensor> narrowed(Map<String, OnnxTensor> inputs, List<OnnxTensor> converted)
            throws OrtException {
        if (halfInputs.isEmpty()) {
            return inputs;
        }
        Map<String, OnnxTensor> narrowed = new HashMap<>(inputs);
        for (Map.Entry<String, OnnxJavaType> input : halfInputs.entrySet()) {
            OnnxTensor given = inputs.get(input.getKey());
            if (given != null && given.getInfo().type == OnnxJavaType.FLOAT) {
                OnnxTensor half = half(given, input.getValue());
                converted.add(half);
                narrowed.put(input.getKey(), half);
            }
        }
        return narrowed;
    }

    private OnnxTensor half(OnnxTensor given, OnnxJavaType type) throws OrtException {
        FloatBuffer values = floats(given);
        ShortBuffer bits = type == OnnxJavaType.FLOAT16
                ? Fp16Conversions.convertFloatBufferToFp16Buffer(values)
                : Fp16Conversions.convertFloatBufferToBf16Buffer(values);
        return OnnxTensor.createTensor(environment, bits, given.getInfo().getShape(), type);
    }

    /** The values of a tensor of floats: a copy, in 32 bits. */
    public static FloatBuffer floats(OnnxTensor tensor) {
        return tensor.getInfo().type == OnnxJavaType.FLOAT
                ? tensor.getByteBuffer().asFloatBuffer()
                : tensor.getFloatBuffer();
    }

    /** One output of a result; it lives as long as the result. */
    public static OnnxTensor output(OrtSession.Result result, String name) {
        return (OnnxTensor) result.get(name)
                .orElseThrow(() -> new IllegalArgumentException("output '" + name + "' is not in the result"));
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(role + ": " + e.getMessage(), e);
        }
    }

    void requireSignature(OnnxSignature signature) throws PoisonException {
        String mismatch;
        try {
            Map<String, NodeInfo> inputs = session.getInputInfo();
            Map<String, NodeInfo> outputs = session.getOutputInfo();
            mismatch = signature.mismatch(inputs, outputs);
            halfInputs = halves(inputs);
            halfOutputs = halves(outputs).keySet();
            if (mismatch.isEmpty() && signature.carriesState(inputs)) {
                String clip = signature.inputs().keySet().iterator().next();
                layout = StateLayout.of(clip, inputs);
            }
        } catch (OrtException | IllegalArgumentException e) {
            throw new PoisonException("model_interface", role + ": " + e.getMessage(), e);
        }
        if (!mismatch.isEmpty()) {
            throw new PoisonException("model_interface", role + ": " + mismatch);
        }
    }

    private static Map<String, OnnxJavaType> halves(Map<String, NodeInfo> nodes) {
        Map<String, OnnxJavaType> half = new HashMap<>();
        nodes.forEach((name, node) -> {
            if (node.getInfo() instanceof TensorInfo info
                    && (info.type == OnnxJavaType.FLOAT16 || info.type == OnnxJavaType.BFLOAT16)) {
                half.put(name, info.type);
            }
        });
        return Map.copyOf(half);
    }
}
