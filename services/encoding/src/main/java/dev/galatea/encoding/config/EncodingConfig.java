package dev.galatea.encoding.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of the encoding stage. */
@ConfigMapping(prefix = "galatea.encoding")
public interface EncodingConfig {

    /**
     * The pool that this worker serves: its bundles are those that job-tracking has in
     * {@code galatea.pools.<pool>.bundles}. Without a value, the default pool.
     */
    Optional<String> pool();

    /** Loads the default bundle's encoder at start, so that the first job need not wait for it. */
    @WithDefault("false")
    boolean preload();

    /** A directory with the executables {@code ffmpeg} and {@code ffprobe}; the bundled ones unless given. */
    Optional<Path> ffmpegDirectory();

    /**
     * Jobs at once per process, instead of {@code galatea.queue.slots}: media that are slow to fetch or to read hold
     * one slot, while others go on; see docs/operations.md. Models run one job at a time.
     */
    @WithDefault("4")
    int slots();

    /** Settings for fetching media from addresses. */
    Fetch fetch();

    /** Limits that are checked before anything is decoded. */
    Limits limits();

    /** Addresses come from prompts. */
    interface Fetch {

        /** Time limit from the look-up of the name to the last byte. */
        @WithDefault("30s")
        Duration timeout();

        /** Allows plain HTTP and addresses that are not public. For tests and private networks. */
        @WithDefault("false")
        boolean allowPrivateAddresses();
    }

    /** Limits for media of unknown origin. */
    interface Limits {

        /** Longest file. */
        @WithDefault("67108864")
        long maxBytes();

        /** Longest side of a picture, in pixels. */
        @WithDefault("8192")
        int maxSide();

        /** Most pixels of a picture. */
        @WithDefault("33554432")
        long maxPixels();

        /** Most frames of a video. */
        @WithDefault("3600")
        int maxFrames();

        /**
         * Most pixels of all frames together that a job needs decoded: 1,000 frames of 1920x1080. What would take
         * longer than the time limit is so refused at once.
         */
        @WithDefault("2147483648")
        long maxWork();

        /** Most bytes of the frames of a video to continue, fitted to the clip: 3 for each pixel. */
        @WithDefault("268435456")
        long maxSourceBytes();

        /** A reader that takes longer is killed, and the media are refused. */
        @WithDefault("30s")
        Duration timeout();

        /** Processor time of a reader, where the operating system can limit it. */
        @WithDefault("30s")
        Duration processorTime();

        /** Address space of a reader in bytes, where the operating system can limit it (Linux). */
        @WithDefault("1610612736")
        long maxMemory();
    }
}
