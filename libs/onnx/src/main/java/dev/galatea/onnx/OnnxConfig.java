package dev.galatea.onnx;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of ONNX Runtime, the same for every model of a process. */
@ConfigMapping(prefix = "galatea.onnx")
public interface OnnxConfig {

    /** The device that models run on. */
    enum Provider {
        /** Any machine. */
        CPU,
        /** An NVIDIA GPU; needs the artifact {@code onnxruntime_gpu} in place of {@code onnxruntime}. */
        CUDA
    }

    /** {@code cpu} or {@code cuda}. */
    @WithDefault("cpu")
    Provider provider();

    /** The number of the GPU, counted from 0; used by {@code cuda} only. */
    @WithDefault("0")
    int deviceId();

    /** Threads that one run of a model uses; 0 takes as many as there are processors. */
    @WithDefault("0")
    int threads();

    /**
     * Lets threads that wait for work inside a run wait busily: faster when the processors belong to the model, slower
     * when other work wants them.
     */
    @WithDefault("true")
    boolean spinning();
}
