package dev.galatea.onnx;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How models are run. The same for every model of a process. */
@ConfigMapping(prefix = "galatea.onnx")
public interface OnnxConfig {

    /** Where models run. */
    enum Provider {
        /** Any machine. */
        CPU,
        /** An NVIDIA GPU; needs the artifact {@code onnxruntime_gpu} in place of {@code onnxruntime}. */
        CUDA
    }

    /** {@code cpu} or {@code cuda}. */
    @WithDefault("cpu")
    Provider provider();

    /** Which GPU, counted from 0; used by {@code cuda} only. */
    @WithDefault("0")
    int deviceId();

    /** Threads that one run of a model uses; 0 takes as many as there are processors. */
    @WithDefault("0")
    int threads();

    /**
     * Whether threads that wait for work inside a run do so busily: faster when the processors belong to the model,
     * slower when other work wants them.
     */
    @WithDefault("true")
    boolean spinning();
}
