package dev.galatea.gateway.api;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.config.GatewayConfig;

/** The names that clients of other servers have built in, and the models that they mean here. Thread-safe. */
@ApplicationScoped
class ModelAliases {

    /** Means the model of requests that name none. */
    private static final String DEFAULT = "default";

    private final Map<String, String> aliases;

    @Inject
    ModelAliases(GatewayConfig config) {
        this(config.modelAliases().orElse(List.of()));
    }

    /** @param entries each {@code NAME=MODEL} */
    ModelAliases(List<String> entries) {
        aliases = entries.stream().map(ModelAliases::parts).collect(Collectors.toUnmodifiableMap(p -> p[0], p -> p[1]));
    }

    private static String[] parts(String entry) {
        String[] parts = entry.strip().split("\\s*=\\s*", -1);
        if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
            throw new IllegalArgumentException(
                    "galatea.gateway.model-aliases: '" + entry + "' is not valid; valid is NAME=MODEL");
        }
        return parts;
    }

    /** The model that is meant; null for the one of requests that name none. */
    @Nullable
    String resolve(@Nullable String asked) {
        String meant = asked == null ? null : aliases.get(asked);
        if (meant == null) {
            return asked;
        }
        return meant.equals(DEFAULT) ? null : meant;
    }
}
