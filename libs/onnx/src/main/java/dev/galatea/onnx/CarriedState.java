package dev.galatea.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;

/**
 * The state that a causal model carries from one chunk of a clip to the next, so that cutting a clip in time changes
 * nothing: inputs {@code first} i64 [1] and {@code state.*} f32 [1, C, n, H·s, W·s], outputs {@code next.*}. States
 * stay in ONNX Runtime's memory and are never copied; while a chunk runs, there are those before and those after it.
 * One thread; many may share the model, which must outlive this.
 */
public final class CarriedState implements AutoCloseable {

    private final OnnxModel model;
    private final Map<String, long[]> shapes;
    /** By input; null before the first chunk. */
    private @Nullable Map<String, OnnxTensor> states;

    /**
     * The state at the beginning of a clip: zeros.
     *
     * @param model one that {@link OnnxModel#carriesState() carries state}
     * @param height of the clip in the model's input: latent rows for a decoder, pixels for an encoder
     * @param width likewise
     * @throws PoisonException {@code model_input}: the model can't take a clip of this size
     */
    public CarriedState(OnnxModel model, long height, long width) throws PoisonException {
        this.model = model;
        try {
            this.shapes = model.states(height, width);
        } catch (IllegalArgumentException e) {
            throw new PoisonException("model_input", e.getMessage(), e);
        }
    }

    /**
     * Runs the model on the clip's next chunk, and keeps the state after it.
     *
     * @param input the name of the input that takes the chunk
     * @param output the name of the output that is wanted
     * @return that output; the caller closes it
     * @throws RetryableException as {@link OnnxModel#run}; the state is then that before the chunk
     */
    public OnnxTensor run(String input, OnnxTensor chunk, String output) throws RetryableException, PoisonException {
        boolean first = states == null;
        Map<String, OnnxTensor> before = states == null ? zeros() : states;
        states = before;
        Map<String, OnnxTensor> inputs = new HashMap<>(before);
        inputs.put(input, chunk);
        Map<String, OnnxTensor> after = new HashMap<>();
        try (OnnxTensor flag = model.tensor(LongBuffer.wrap(new long[] {first ? 1 : 0}), 1)) {
            inputs.put(StateLayout.FIRST, flag);
            // The result itself is not closed: its tensors outlive it, one by one.
            for (Map.Entry<String, OnnxValue> entry : model.run(inputs)) {
                after.put(entry.getKey(), (OnnxTensor) entry.getValue());
            }
        } catch (RetryableException | PoisonException e) {
            if (first) {
                close();
            }
            throw e;
        }
        close();
        OnnxTensor wanted = after.remove(output);
        states = keep(after);
        if (wanted == null) {
            throw new IllegalArgumentException("output '" + output + "' is not in the result");
        }
        return wanted;
    }

    /** Takes the states out of a model's outputs, and closes all others. */
    private Map<String, OnnxTensor> keep(Map<String, OnnxTensor> outputs) {
        Map<String, OnnxTensor> kept = new HashMap<>();
        for (String input : shapes.keySet()) {
            String name = StateLayout.NEXT + input.substring(StateLayout.STATE.length());
            OnnxTensor state = outputs.remove(name);
            if (state == null) {
                throw new IllegalArgumentException("output '" + name + "' is not in the result");
            }
            kept.put(input, state);
        }
        outputs.values().forEach(OnnxTensor::close);
        return kept;
    }

    /** All states look at the same zeros, which models only read. */
    private Map<String, OnnxTensor> zeros() throws RetryableException {
        long largest =
                shapes.values().stream().mapToLong(CarriedState::elements).max().orElse(0);
        if (largest > Integer.MAX_VALUE / Float.BYTES) {
            throw new RetryableException(
                    "inference_failed", "out of memory: a state of " + largest + " floats is larger than a buffer");
        }
        FloatBuffer zeros = ByteBuffer.allocateDirect((int) largest * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        Map<String, OnnxTensor> tensors = new HashMap<>();
        shapes.forEach((name, shape) -> tensors.put(name, model.tensor(zeros.slice(0, (int) elements(shape)), shape)));
        return tensors;
    }

    private static long elements(long[] shape) {
        return LongStream.of(shape).reduce(1, Math::multiplyExact);
    }

    /** Frees the states; the next chunk would be a first one. */
    @Override
    public void close() {
        if (states != null) {
            states.values().forEach(OnnxTensor::close);
            states = null;
        }
    }
}
