package dev.galatea.textconditioning.encoder;

import java.util.HashMap;
import java.util.Map;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;

import dev.galatea.onnx.OnnxConfig;

/** ONNX Runtime on the CPU, with one thread. */
final class SingleThreaded {

    private SingleThreaded() {}

    static OnnxConfig config() {
        return config(Map.of());
    }

    static OnnxConfig config(Map<String, String> more) {
        Map<String, String> values = new HashMap<>(more);
        values.put("galatea.onnx.threads", "1");
        return mapping(OnnxConfig.class, values);
    }

    static <T> T mapping(Class<T> type, Map<String, String> values) {
        return new SmallRyeConfigBuilder()
                .withMapping(type)
                .withSources(new PropertiesConfigSource(values, "test", 100))
                .withValidateUnknown(false)
                .build()
                .getConfigMapping(type);
    }
}
