package dev.galatea.onnx;

import java.lang.reflect.Field;
import java.lang.reflect.Method;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;

/**
 * The native environment of ONNX Runtime, kept until the process is gone. Its Java binding releases it in a shutdown
 * hook of its own. Hooks run side by side: a stage that still gives its work back may open a model in an environment
 * that is no more, and the process dies of a segmentation fault. The native side counts its references (OrtEnv in
 * ort_env.cc), so one that nobody releases keeps it.
 */
final class NativeEnvironment {

    private static final OrtEnvironment KEPT = keep();

    private NativeEnvironment() {}

    /** The one of this process. Thread-safe. */
    static OrtEnvironment get() {
        return KEPT;
    }

    /** Calls what the binding itself calls, for it offers neither a second reference nor to do without the hook. */
    private static OrtEnvironment keep() {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try {
            Field api = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
            api.setAccessible(true);
            Method create = OrtEnvironment.class.getDeclaredMethod("createHandle", long.class, int.class, String.class);
            create.setAccessible(true);
            create.invoke(null, api.getLong(null), OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING.getValue(), "kept");
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "ONNX Runtime " + environment.getVersion() + " can't be kept through a shutdown; use the version"
                            + " that Galatea is built with",
                    e);
        }
        return environment;
    }
}
