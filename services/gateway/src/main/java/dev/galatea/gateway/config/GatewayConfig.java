package dev.galatea.gateway.config;

import java.time.Duration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How the HTTP door behaves. */
@ConfigMapping(prefix = "galatea.gateway")
public interface GatewayConfig {

    /** How long a submission waits for admission, so that a refusal is answered at once; at most 2 s are sensible. */
    @WithDefault("2s")
    Duration admissionWait();

    /** How long a request waits for the broker before it is told to come back. */
    @WithDefault("5s")
    Duration publishTimeout();

    /** Longest request body, in bytes. */
    @WithDefault("262144")
    int maxBodyBytes();

    /** What clients are told to wait when something is away. */
    @WithDefault("5s")
    Duration retryAfter();

    /** Name of the group of replicas; each keeps a whole copy of the job states. */
    @WithDefault("galatea-gateway")
    String applicationId();

    /** Longest pause before the copy of the job states is opened again after a failure. */
    @WithDefault("30s")
    Duration maxRestartPause();
}
