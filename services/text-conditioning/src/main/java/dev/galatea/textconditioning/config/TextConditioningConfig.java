package dev.galatea.textconditioning.config;

import java.time.Duration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of the text-conditioning stage. */
@ConfigMapping(prefix = "galatea.text-conditioning")
public interface TextConditioningConfig {

    /** Number of texts whose objects in the store are remembered; a few hundred bytes each. */
    @WithDefault("10000")
    int rememberedTexts();

    /** Time for which stored embeddings that were read and verified are not read again for other jobs. */
    @WithDefault("1s")
    Duration verifyEvery();

    /** Loads the default bundle's text encoder at start, so that the first job need not wait for it. */
    @WithDefault("true")
    boolean preload();

    /**
     * Deliveries of a job when the store or the broker does not answer; the channel's properties refer to these keys.
     */
    Retry retry();

    /** Attempts at one job, with pauses between them. */
    interface Retry {

        /** Attempts before the job fails. */
        @WithDefault("6")
        int attempts();

        /** Pause after the first failed attempt; it doubles from then on. */
        @WithDefault("250ms")
        Duration firstPause();

        /** Longest pause between two attempts. */
        @WithDefault("15s")
        Duration longestPause();
    }
}
