package dev.galatea.encoding.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How reference media are read and encoded. */
@ConfigMapping(prefix = "galatea.encoding")
public interface EncodingConfig {

    /** Whether the default bundle's encoder is loaded at start, so that the first job need not wait for it. */
    @WithDefault("false")
    boolean preload();

    /** A directory with the executables {@code ffmpeg} and {@code ffprobe}; the bundled ones unless given. */
    Optional<Path> ffmpegDirectory();

    /** How media at addresses are fetched. */
    Fetch fetch();

    /** What is refused before anything is decoded. */
    Limits limits();

    /** Addresses come from prompts. */
    interface Fetch {

        /** How long it may take from the look-up of the name to the last byte. */
        @WithDefault("30s")
        Duration timeout();

        /** Whether plain HTTP and addresses that are not public are called. For tests, and networks that one owns. */
        @WithDefault("false")
        boolean allowPrivateAddresses();
    }

    /** How much of the machine media of unknown origin may take. */
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

        /** Most bytes of the frames of a video to continue, fitted to the clip: 3 for each pixel. */
        @WithDefault("268435456")
        long maxSourceBytes();

        /** A reader that takes longer is killed, and the media are refused. */
        @WithDefault("30s")
        Duration timeout();

        /** Address space of a reader in bytes, where the operating system can limit it (Linux). */
        @WithDefault("1610612736")
        long maxMemory();
    }
}
