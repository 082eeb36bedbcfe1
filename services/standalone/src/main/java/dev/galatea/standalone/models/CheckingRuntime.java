package dev.galatea.standalone.models;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import dev.galatea.onnx.OnnxConfig;
import dev.galatea.onnx.OnnxRuntime;

/** ONNX Runtime on the CPU, to open graphs without the system around them. */
public final class CheckingRuntime {

    private CheckingRuntime() {}

    /** A runtime with one thread. */
    public static OnnxRuntime create() {
        return new OnnxRuntime(new OneThread(), new SimpleMeterRegistry());
    }

    private static final class OneThread implements OnnxConfig {

        @Override
        public Provider provider() {
            return Provider.CPU;
        }

        @Override
        public int deviceId() {
            return 0;
        }

        @Override
        public int threads() {
            return 1;
        }

        @Override
        public boolean spinning() {
            return false;
        }
    }
}
