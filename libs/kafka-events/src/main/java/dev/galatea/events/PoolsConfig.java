package dev.galatea.events;

import java.util.List;
import java.util.Map;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithParentName;

/**
 * The pools of workers. Job-tracking decides by them which workers see a job; other services read them, where they have
 * them, to know which bundles are theirs.
 */
@ConfigMapping(prefix = "galatea.pools")
public interface PoolsConfig {

    /** The pools by their names. */
    @WithParentName
    Map<String, PoolBundles> pools();

    /** What one pool serves. */
    interface PoolBundles {

        /** Names of bundles, separated by commas; {@code *} at the end of one stands for any rest. */
        List<String> bundles();
    }
}
