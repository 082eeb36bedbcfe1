package dev.galatea.store;

import java.net.URI;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** An S3-compatible store. */
@ConfigMapping(prefix = "galatea.store")
public interface StoreConfig {

    /** The store's address. */
    @WithDefault("http://localhost:9000")
    URI endpoint();

    /** The access key. */
    @WithDefault("galatea")
    String accessKey();

    /** The secret key. */
    @WithDefault("galatea-secret")
    String secretKey();

    /** The bucket of all objects; made at start when topics are provisioned, too. */
    @WithDefault("galatea")
    String bucket();

    /** The region that requests are signed for. */
    @WithDefault("us-east-1")
    String region();
}
