package dev.galatea.denoising;

import java.util.Map;

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

    public static DenoisingConfig denoising() {
        return CONFIG.getConfigMapping(DenoisingConfig.class);
    }
}
