package dev.galatea.jobtracking.config;

import java.time.Duration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The configuration of admission and of the jobs' states; Kafka Streams itself is set by {@code kafka-streams.*}. */
@ConfigMapping(prefix = "galatea.job-tracking")
public interface JobTrackingConfig {

    /** The HTTP port when job-tracking runs apart. */
    @WithDefault("8081")
    int port();

    /** The group of replicas, and the beginning of the names of their changelog topics and transactions. */
    @WithDefault("galatea-job-tracking")
    String applicationId();

    /**
     * How long a job that is done can be asked for; after that it is forgotten with all its objects, and its id would be a
     * new job.
     */
    @WithDefault("7d")
    Duration retention();

    /** How long a cancel command that overtook its prompt is kept for it. */
    @WithDefault("10m")
    Duration earlyCancelTtl();

    /** How long a job may go without news. */
    DeadlineConfig deadline();

    /** How often what is over its time is looked for. */
    @WithDefault("1m")
    Duration sweepInterval();

    /** Objects that nothing refers to. */
    Objects objects();

    /**
     * Whether dead letters are shown, replayed and discarded at {@code /v1/dead-letters}. They may hold prompts, and who
     * asks is not checked: keep the port inside.
     */
    @WithDefault("false")
    boolean deadLettersApi();

    /** Longest pause before a failed stream thread is replaced; the first is a tenth of a second. */
    @WithDefault("30s")
    Duration maxRestartPause();

    /** How the bucket is kept clean: checkpoints, latents and old previews of jobs that are done, and what late workers left. */
    interface Objects {

        /** How often the bucket is looked through. */
        @WithDefault("10m")
        Duration sweepInterval();

        /** How long after the end of its job an object is left alone. */
        @WithDefault("5m")
        Duration grace();
    }
}
