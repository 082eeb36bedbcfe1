package dev.galatea.jobtracking.config;

import java.time.Duration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How it is found out what waits before the stages. */
@ConfigMapping(prefix = "galatea.job-tracking.backlog")
public interface BacklogConfig {

    /** How often the broker is asked. */
    @WithDefault("5s")
    Duration interval();

    /** How long a job is taken to need in a stage as long as none of its model has passed that stage. */
    @WithDefault("30s")
    Duration firstEstimate();
}
