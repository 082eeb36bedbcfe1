package dev.galatea.worker;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.config.EnvConfigSource;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Stops a start whose configuration has a key that no service reads: a mistyped key would otherwise leave the default
 * in force without a word.
 */
@ApplicationScoped
class ConfigurationCheck {

    /** The order among startup observers: before all that read the configuration. */
    private static final int STARTUP_PRIORITY = 0;

    /** Variables of the scripts that start services, and of tests. */
    private static final Set<String> OTHER_VARIABLES = Set.of(
            "GALATEA_ROOT",
            "GALATEA_URL",
            "GALATEA_PORT_BASE",
            "GALATEA_MAX_HEAP",
            "GALATEA_PYTHON",
            "GALATEA_KAFKA_PORT",
            "GALATEA_STORE_PORT",
            "GALATEA_BROKER_PROPERTIES",
            "GALATEA_DATA_DIR");

    /** Kubernetes adds such variables for each Service of the namespace. */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("GALATEA_.*_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_\\d+_(TCP|UDP)(_.*)?)|GALATEA_TEST_.*");

    /** What Kubernetes gives {@code …_PORT}; a port of ours is a number. */
    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp)://.*");

    private final Config config;

    ConfigurationCheck(Config config) {
        this.config = config;
    }

    void start(@Observes @Priority(STARTUP_PRIORITY) StartupEvent event) {
        Set<String> properties = new TreeSet<>();
        for (ConfigSource source : config.getConfigSources()) {
            // Under the names that this source guesses, variables of the scripts would look like keys.
            if (!(source instanceof EnvConfigSource)) {
                properties.addAll(source.getPropertyNames());
            }
        }
        requireKnown(properties, System.getenv());
    }

    static void requireKnown(Iterable<String> properties, Map<String, String> variables) {
        ConfigurationKeys known = ConfigurationKeys.known();
        Set<String> unknown = new TreeSet<>(known.unknownProperties(properties));
        unknown.addAll(known.unknownVariables(variables.entrySet().stream()
                .filter(variable -> !isOfOthers(variable.getKey(), variable.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet())));
        if (!unknown.isEmpty()) {
            throw new IllegalStateException(String.join("\n", unknown));
        }
    }

    private static boolean isOfOthers(String name, String value) {
        return OTHER_VARIABLES.contains(name)
                || SERVICE_LINK.matcher(name).matches()
                || (name.endsWith("_PORT") && SERVICE_ADDRESS.matcher(value).matches());
    }
}
