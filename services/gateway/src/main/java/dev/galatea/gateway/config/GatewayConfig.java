package dev.galatea.gateway.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of the HTTP door. */
@ConfigMapping(prefix = "galatea.gateway")
public interface GatewayConfig {

    /** The port of the API and the page when the gateway runs apart. */
    @WithDefault("8080")
    int port();

    /** The port of health, metrics and operators' routes when the gateway runs apart. */
    @WithDefault("8089")
    int managementPort();

    /**
     * The time that a submission waits for admission, so that a refusal is answered at once; at most 2 s are sensible.
     */
    @WithDefault("2s")
    Duration admissionWait();

    /** The time that a request waits for the broker before it is answered 503. */
    @WithDefault("5s")
    Duration publishTimeout();

    /** Longest request body, in bytes; of a multipart body, what its text fields may take. */
    @WithDefault("262144")
    int maxBodyBytes();

    /** Most bytes of all media in one request. */
    @WithDefault("8388608")
    int maxUploadBytes();

    /** Most bytes of the media of all requests together that are under way. */
    @WithDefault("268435456")
    long maxUploadsBytes();

    /** The longest time that the body of a request may take to arrive. */
    @WithDefault("2m")
    Duration bodyTimeout();

    /** The longest pause of a client that sends a body or takes a download, before its connection is given up. */
    @WithDefault("20s")
    Duration stallTimeout();

    /** Most downloads at once; each holds a connection to the object store. */
    @WithDefault("256")
    int maxDownloads();

    /** Most requests at once that follow events or wait for a clip; each holds a connection. */
    @WithDefault("2048")
    int maxWaiting();

    /** Jobs that are not done from which on a submission is answered 429. */
    @WithDefault("1000")
    int maxOpenJobs();

    /** Most videos that one request may ask for. */
    @WithDefault("8")
    int maxVideosPerRequest();

    /**
     * Names of models that clients of other servers have built in, and the models that are meant by them here, such as
     * {@code sora-2=default,sora-2-pro=pebble}; {@code default} is the model of requests that name none.
     */
    Optional<List<String>> modelAliases();

    /** The time that {@code POST /v1/videos/sync} waits for the clip before it is answered 504. */
    @WithDefault("10m")
    Duration syncTimeout();

    /** The age of the oldest progress that can be replayed after a start of this replica. */
    @WithDefault("1h")
    Duration progressReplay();

    /** The pause between two signs of life of an event stream, so that no proxy takes it to be dead. */
    @WithDefault("15s")
    Duration heartbeat();

    /** The pause that clients are asked for when something is unavailable. */
    @WithDefault("5s")
    Duration retryAfter();

    /** Name of the group of replicas; each keeps a whole copy of the job states. */
    @WithDefault("galatea-gateway")
    String applicationId();

    /** Longest pause before the copy of the job states is opened again after a failure. */
    @WithDefault("30s")
    Duration maxRestartPause();
}
