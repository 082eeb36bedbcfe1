package dev.galatea.bundles;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of the model bundles. */
@ConfigMapping(prefix = "galatea.bundles")
public interface BundlesConfig {

    /** A directory with one directory per bundle; not used when there is a source. */
    @WithDefault("models")
    Path path();

    /**
     * The place that bundles are brought from when they are asked for: {@code s3://BUCKET/PREFIX} or a directory, such
     * as a mounted volume, with one directory per bundle.
     */
    Optional<String> source();

    /**
     * The directory for what comes from the source, which processes may share; {@code bundles} in the work directory
     * unless given.
     */
    Optional<Path> cache();

    /** The store of an {@code s3://} source. */
    S3 s3();

    /** A store; what is not given is that of {@code galatea.store}. */
    interface S3 {

        /** The store's address. */
        Optional<URI> endpoint();

        /** The access key. */
        Optional<String> accessKey();

        /** The secret key. */
        Optional<String> secretKey();

        /** The region that requests are signed for. */
        Optional<String> region();
    }

    /** The bundle of a prompt that names none. */
    @WithDefault("pebble")
    String defaultName();
}
