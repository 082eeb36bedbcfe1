package dev.galatea.decoding.config;

import java.util.Optional;
import java.util.OptionalInt;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

import dev.galatea.clips.video.EncoderConfig;

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
    EncoderConfig video();

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
}
