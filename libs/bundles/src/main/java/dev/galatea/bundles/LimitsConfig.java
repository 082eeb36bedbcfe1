package dev.galatea.bundles;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Limits of one job; admission enforces them, and the API names them. */
@ConfigMapping(prefix = "galatea.limits")
public interface LimitsConfig {

    /**
     * Most frames × width × height × steps: what a job costs, in steps of a pixel. The default is a little more than
     * 120 frames of 1920x1080 pixels in 40 steps.
     */
    @WithDefault("10000000000")
    long maxPixelSteps();
}
