package dev.galatea.jobtracking.config;

import java.time.Duration;
import java.util.Map;

import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;

/**
 * The deadlines of jobs that make no progress. When one is over, the stage's input is published again, and when that
 * was done often enough, the job ends as expired: no job is ever stuck.
 */
public interface DeadlineConfig {

    /** Deadline of a job that waits for a stage; as long as the longest queue. */
    @WithDefault("24h")
    Duration waiting();

    /**
     * Deadline since the last report of a stage, by the stage's name, such as {@code deadline.denoising}: longer than
     * any one step. Without a value, what the stage's definition says: 15 minutes for text-conditioning and encoding,
     * an hour for others.
     */
    @WithParentName
    Map<String, Duration> stages();

    /** Number of times that a stage's input is published again before the job expires. */
    @WithDefault("1")
    int retries();
}
