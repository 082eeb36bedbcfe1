package dev.galatea.gateway.config;

import java.time.Duration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How the HTTP door behaves. */
@ConfigMapping(prefix = "galatea.gateway")
public interface GatewayConfig {

    /** The port of the API and the page when the gateway runs apart. */
    @WithDefault("8080")
    int port();

    /** How long a submission waits for admission, so that a refusal is answered at once; at most 2 s are sensible. */
    @WithDefault("2s")
    Duration admissionWait();

    /** How long a request waits for the broker before it is told to come back. */
    @WithDefault("5s")
    Duration publishTimeout();

    /** Longest request body, in bytes; of a multipart body, what its text fields may take. */
    @WithDefault("262144")
    int maxBodyBytes();

    /** What the pictures that a request brings along may take together, in bytes. */
    @WithDefault("8388608")
    int maxUploadBytes();

    /** Jobs that are not done from which on a submission is answered 429. */
    @WithDefault("1000")
    int maxOpenJobs();

    /** Most videos that one request may ask for. */
    @WithDefault("8")
    int maxVideosPerRequest();

    /** How far back the progress of jobs can be replayed after this replica was started. */
    @WithDefault("1h")
    Duration progressReplay();

    /** How often an event stream says something, so that nobody between takes it to be dead. */
    @WithDefault("15s")
    Duration heartbeat();

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
