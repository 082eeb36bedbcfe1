package dev.galatea.denoising;

import java.time.Duration;
import java.util.Map;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;

import dev.galatea.onnx.OnnxConfig;

/** The configuration as a service without any settings has it. */
public final class Settings {

    private static final SmallRyeConfig CONFIG = new SmallRyeConfigBuilder()
            .withMapping(OnnxConfig.class)
            .withMapping(DenoisingConfig.class)
            .withSources(new PropertiesConfigSource(Map.of(), "none", 100))
            .build();

    private Settings() {}

    public static OnnxConfig onnx() {
        return CONFIG.getConfigMapping(OnnxConfig.class);
    }

    /** A mapping with values of a test's own, by their keys. */
    static <T> T mapping(Class<T> type, Map<String, String> values) {
        return new SmallRyeConfigBuilder()
                .withMapping(type)
                .withConverter(Duration.class, 200, new DurationConverter())
                .withSources(new PropertiesConfigSource(values, "test", 100))
                .withValidateUnknown(false)
                .build()
                .getConfigMapping(type);
    }

    public static DenoisingConfig denoising() {
        return CONFIG.getConfigMapping(DenoisingConfig.class);
    }
}
