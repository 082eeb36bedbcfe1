package dev.galatea.testsupport;

import java.util.HashMap;
import java.util.Map;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;

/**
 * Gives Quarkus tests the shared broker and store: {@code @QuarkusTestResource(SharedSystemResource.class)}. Needs
 * Quarkus' test support on the class path, which this module doesn't bring along.
 */
public final class SharedSystemResource implements QuarkusTestResourceLifecycleManager {

    @Override
    public Map<String, String> start() {
        Map<String, String> configuration = new HashMap<>(SharedSystem.configuration());
        if (!usesTheStore()) {
            // A key that nobody reads stops the start.
            configuration.keySet().removeIf(key -> key.startsWith("galatea.store."));
        }
        return configuration;
    }

    private static boolean usesTheStore() {
        return SharedSystemResource.class.getClassLoader().getResource("dev/galatea/store/StoreConfig.class") != null;
    }

    /** The next test class goes on with the same broker and store. */
    @Override
    public void stop() {}
}
