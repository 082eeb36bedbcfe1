package dev.galatea.standalone.models;

import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import dev.galatea.onnx.OnnxConfigs;
import dev.galatea.onnx.OnnxRuntime;

/** ONNX Runtime on the CPU, to open graphs without the system around them. */
public final class CheckingRuntime {

    private CheckingRuntime() {}

    /** A runtime with one thread. */
    public static OnnxRuntime create() {
        Map<String, String> settings = Map.of("galatea.onnx.threads", "1", "galatea.onnx.spinning", "false");
        return new OnnxRuntime(OnnxConfigs.of(settings), new SimpleMeterRegistry());
    }
}
