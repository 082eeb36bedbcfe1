package dev.galatea.testsupport;

import java.util.Map;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;

/**
 * Gives Quarkus tests the shared broker and store: {@code @QuarkusTestResource(SharedSystemResource.class)}. Needs
 * Quarkus' test support on the class path, which this module doesn't bring along.
 */
public final class SharedSystemResource implements QuarkusTestResourceLifecycleManager {

    @Override
    public Map<String, String> start() {
        return SharedSystem.configuration();
    }

    /** The next test class goes on with the same broker and store. */
    @Override
    public void stop() {}
}
