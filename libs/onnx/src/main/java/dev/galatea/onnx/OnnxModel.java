package dev.galatea.onnx;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import ai.onnxruntime.OrtSession;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;

/**
 * One loaded model. Thread-safe: runs may overlap, but {@link #close} must come after the last of them. Tensors and
 * results belong to the caller, who closes them.
 */
public final class OnnxModel implements AutoCloseable {

    private final String role;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final Timer timer;
    /** Null if the model carries no state. */
    private @Nullable StateLayout layout;

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
        long start = System.nanoTime();
        try {
            return session.run(inputs);
        } catch (OrtException e) {
            String message = role + ": " + e.getMessage();
            if (e.getCode() == OrtErrorCode.ORT_INVALID_ARGUMENT) {
                throw new PoisonException("model_input", message, e);
            }
            throw new RetryableException("inference_failed", message, e);
        } finally {
            timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }

    /** One output of a result, without copy out of the model's memory; it lives as long as the result. */
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
            mismatch = signature.mismatch(inputs, session.getOutputInfo());
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
}
