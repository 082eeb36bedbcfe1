package dev.galatea.onnx;

import java.time.Duration;
import java.util.Map;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;

/** Configurations as a service has them with some keys set. */
final class TestConfig {

    private TestConfig() {}

    static OnnxConfig of(Map<String, String> values) {
        return new SmallRyeConfigBuilder()
                .withMapping(OnnxConfig.class)
                .withConverter(Duration.class, 200, new DurationConverter())
                .withSources(new PropertiesConfigSource(values, "test", 100))
                .build()
                .getConfigMapping(OnnxConfig.class);
    }
}
