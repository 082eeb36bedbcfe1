package dev.galatea.onnx;

import java.time.Duration;
import java.util.Map;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;

/** Settings of ONNX Runtime where no service runs: on the command line, and in tests. */
public final class OnnxConfigs {

    private OnnxConfigs() {}

    /**
     * The settings as a service has them with some keys set, and with nothing else.
     *
     * @param values by their keys, such as {@code galatea.onnx.threads}
     * @throws io.smallrye.config.ConfigValidationException if a key or a value is not valid
     */
    public static OnnxConfig of(Map<String, String> values) {
        return new SmallRyeConfigBuilder()
                .withMapping(OnnxConfig.class)
                .withConverter(Duration.class, 200, new DurationConverter())
                .withSources(new PropertiesConfigSource(values, "given", 100))
                .build()
                .getConfigMapping(OnnxConfig.class);
    }
}
