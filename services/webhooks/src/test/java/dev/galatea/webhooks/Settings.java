package dev.galatea.webhooks;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;

import dev.galatea.webhooks.config.WebhooksConfig;

/** The configuration as operators write it. */
public final class Settings {

    public static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    public static final String OTHER_SECRET = "whsec_dGhlIHNlY3JldCBvZiBhbm90aGVyIHllYXI=";

    private Settings() {}

    /** @param settings names below {@code galatea.webhooks.} and values */
    public static WebhooksConfig of(String... settings) {
        Map<String, String> properties = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            properties.put("galatea.webhooks." + settings[i], settings[i + 1]);
        }
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withConverter(Duration.class, 200, new DurationConverter())
                .withMapping(WebhooksConfig.class)
                .withSources(new PropertiesConfigSource(properties, "test", 1000))
                .build()
                .getConfigMapping(WebhooksConfig.class);
    }
}
