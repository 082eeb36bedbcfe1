package dev.galatea.jobtracking.config;

import java.time.Duration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings for measuring the work that waits before the stages. */
@ConfigMapping(prefix = "galatea.job-tracking.backlog")
public interface BacklogConfig {

    /** Interval between two measurements. */
    @WithDefault("5s")
    Duration interval();

    /** Assumed time of a job in a stage until a job of its model has passed that stage. */
    @WithDefault("30s")
    Duration firstEstimate();
}
