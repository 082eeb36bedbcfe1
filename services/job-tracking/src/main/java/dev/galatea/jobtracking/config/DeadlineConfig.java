package dev.galatea.jobtracking.config;

import java.time.Duration;

import io.smallrye.config.WithDefault;

/**
 * How long a job may go without news. When the time is over, the stage's input is published again, and when that was done
 * often enough, the job ends as expired: no job is ever stuck.
 */
public interface DeadlineConfig {

    /** Waiting for a stage to take it; as long as the longest queue. */
    @WithDefault("24h")
    Duration waiting();

    /** Since text-conditioning was last heard of. */
    @WithDefault("15m")
    Duration textConditioning();

    /** Since denoising was last heard of: longer than any one step. */
    @WithDefault("1h")
    Duration denoising();

    /** Since decoding was last heard of: longer than any one tile. */
    @WithDefault("1h")
    Duration decoding();

    /** How often a stage's input is published again before the job expires. */
    @WithDefault("1")
    int retries();
}
