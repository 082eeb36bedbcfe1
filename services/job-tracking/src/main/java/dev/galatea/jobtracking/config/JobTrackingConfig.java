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
     * Time for which a finished job can be read; after that it is forgotten with all its objects. Its id is not taken
     * again for as long once more, and so is that of a job that was deleted.
     */
    @WithDefault("7d")
    Duration retention();

    /** Time for which a cancel command that overtook its prompt is kept for it. */
    @WithDefault("10m")
    Duration earlyCancelTtl();

    /** Deadlines of jobs that make no progress. */
    DeadlineConfig deadline();

    /** Interval of the search for expired jobs and commands. */
    @WithDefault("1m")
    Duration sweepInterval();

    /** Objects that nothing refers to. */
    Objects objects();

    /**
     * Serves dead letters at {@code /v1/dead-letters}, to be shown, replayed and discarded. They may hold prompts, and
     * callers are not authenticated: keep the port internal.
     */
    @WithDefault("false")
    boolean deadLettersApi();

    /** Longest pause before a failed stream thread is replaced; the first is a tenth of a second. */
    @WithDefault("30s")
    Duration maxRestartPause();

    /**
     * Removal of objects that are not needed any more: checkpoints, latents, old previews, and leftovers of late
     * workers.
     */
    interface Objects {

        /** Interval of the search through the bucket. */
        @WithDefault("10m")
        Duration sweepInterval();

        /** Time after the end of its job for which an object is kept. */
        @WithDefault("5m")
        Duration grace();
    }
}
