package dev.galatea.bundles;

import java.nio.file.Path;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of the model bundles. */
@ConfigMapping(prefix = "galatea.bundles")
public interface BundlesConfig {

    /** A directory with one directory per bundle. */
    @WithDefault("models")
    Path path();

    /** The bundle of a prompt that names none. */
    @WithDefault("pebble")
    String defaultName();
}
