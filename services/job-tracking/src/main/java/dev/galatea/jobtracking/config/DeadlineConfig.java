package dev.galatea.jobtracking.config;

import java.time.Duration;
import java.util.Map;

import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;

/**
 * How long a job may go without news. When the time is over, the stage's input is published again, and when that was done
 * often enough, the job ends as expired: no job is ever stuck.
 */
public interface DeadlineConfig {

    /** Waiting for a stage to take it; as long as the longest queue. */
    @WithDefault("24h")
    Duration waiting();

    /**
     * Since a stage was last heard of, by its name, such as {@code deadline.denoising}: longer than any one step. Without a
     * value, what the stage's definition says: 15 minutes for text-conditioning and encoding, an hour for others.
     */
    @WithParentName
    Map<String, Duration> stages();

    /** How often a stage's input is published again before the job expires. */
    @WithDefault("1")
    int retries();
}
