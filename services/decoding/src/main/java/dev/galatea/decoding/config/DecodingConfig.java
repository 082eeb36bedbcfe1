package dev.galatea.decoding.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

import dev.galatea.decoding.video.H264Encoder;

/** Settings of the decoding stage. */
@ConfigMapping(prefix = "galatea.decoding")
public interface DecodingConfig {

    /**
     * The pool that this worker serves: its bundles are those that job-tracking has in
     * {@code galatea.pools.<pool>.bundles}. Without a value, the default pool.
     */
    Optional<String> pool();

    /** Limits to the tiles of the bundle's manifest. */
    Tile tile();

    /** The encoder. */
    Video video();

    /** Loads the default bundle's decoder at start, so that the first job need not wait for it. */
    @WithDefault("true")
    boolean preload();

    /** Tiles take memory; these keys make them smaller than the manifest says, never larger. */
    interface Tile {

        /** Latent frames of a tile, or of a chunk for a decoder that carries a state, at most. */
        OptionalInt frames();

        /** Latent rows of a tile, at most. */
        OptionalInt height();

        /** Latent columns of a tile, at most. */
        OptionalInt width();
    }

    /** Settings of the MP4 encoder. */
    interface Video {

        /** A directory with the executable {@code ffmpeg}; the bundled one unless given. */
        Optional<Path> ffmpegDirectory();

        /** Its H.264 encoder: {@code libopenh264} (the bundled one has it) or {@code libx264}. */
        @WithDefault("libopenh264")
        H264Encoder encoder();

        /**
         * Constant H.264 quantizer: 1 is nearly lossless and large, 51 is small and coarse. Below 12, OpenH264 takes
         * 12. Where OpenH264 fails because frames have too much detail for it, the next coarser one in steps of 6 is
         * taken.
         */
        @WithDefault("12")
        int quantizer();

        /** An FFmpeg that does not take a frame, or does not end, for this long is killed; the job is tried again. */
        @WithDefault("2m")
        Duration timeout();
    }
}
