package dev.galatea.onnx;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.galatea.onnx.OnnxConfig.Cuda;

/**
 * The configured options of ONNX Runtime's CUDA provider, as it spells them.
 *
 * @see <a href="https://onnxruntime.ai/docs/execution-providers/CUDA-ExecutionProvider.html">CUDA provider</a>
 */
final class CudaOptions {

    private CudaOptions() {}

    static Map<String, String> of(Cuda config) {
        Map<String, String> options = new LinkedHashMap<>();
        config.gpuMemLimit().ifPresent(bytes -> options.put("gpu_mem_limit", Long.toString(bytes)));
        config.arenaExtendStrategy()
                .ifPresent(strategy -> options.put(
                        "arena_extend_strategy",
                        switch (strategy) {
                            case NEXT_POWER_OF_TWO -> "kNextPowerOfTwo";
                            case SAME_AS_REQUESTED -> "kSameAsRequested";
                        }));
        config.cudnnConvAlgoSearch().ifPresent(search -> options.put("cudnn_conv_algo_search", search.name()));
        config.useTf32().ifPresent(use -> options.put("use_tf32", use ? "1" : "0"));
        return options;
    }
}
