package dev.galatea.textconditioning.config;

import java.time.Duration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How prompts are turned into embeddings. */
@ConfigMapping(prefix = "galatea.text-conditioning")
public interface TextConditioningConfig {

    /** How many texts' places in the store are remembered; a few hundred bytes each. */
    @WithDefault("10000")
    int rememberedTexts();

    /** Whether the default bundle's text encoder is loaded at start, so that the first job need not wait for it. */
    @WithDefault("true")
    boolean preload();

    /** Deliveries of a job when the store or the broker does not answer; the channel's properties refer to these keys. */
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
