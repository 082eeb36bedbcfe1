package dev.galatea.media;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of FFmpeg's processes, wherever they run. */
@ConfigMapping(prefix = "galatea.media")
public interface MediaConfig {

    /** Whether FFmpeg is confined. */
    enum Mode {
        /** Where bubblewrap works. */
        AUTO,
        /** Always: a machine on which bubblewrap does not work is not ready, and works on no media. */
        REQUIRED,
        /** Never: limits and the empty environment are all there is. */
        OFF
    }

    /** {@code auto}, {@code required} or {@code off}. */
    @WithDefault("auto")
    Mode confinement();
}
