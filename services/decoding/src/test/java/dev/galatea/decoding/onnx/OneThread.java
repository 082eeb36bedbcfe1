package dev.galatea.decoding.onnx;

import java.util.Map;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;

import dev.galatea.onnx.OnnxConfig;

/** ONNX Runtime on one thread of the CPU. */
final class OneThread {

    private OneThread() {}

    static OnnxConfig config() {
        return new SmallRyeConfigBuilder()
                .withMapping(OnnxConfig.class)
                .withSources(new PropertiesConfigSource(Map.of("galatea.onnx.threads", "1"), "test", 100))
                .build()
                .getConfigMapping(OnnxConfig.class);
    }
}
