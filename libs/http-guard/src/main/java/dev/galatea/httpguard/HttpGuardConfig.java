package dev.galatea.httpguard;

import java.time.Duration;
import java.util.Set;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of what HTTP servers answer to. */
@ConfigMapping(prefix = "galatea.http")
public interface HttpGuardConfig {

    /**
     * Names by which clients may call this service, without ports; {@code *} for any. {@code localhost} and addresses
     * of IP are always allowed: a web page can let a name of its own lead here, but not those.
     */
    @WithDefault("localhost")
    Set<String> allowedHosts();

    /**
     * The time after which a connection to the public interface is closed if no request is under way on it. It runs
     * since the last answer, so it is also the longest time that headers may take to arrive.
     */
    @WithDefault("60s")
    Duration idleTimeout();
}
