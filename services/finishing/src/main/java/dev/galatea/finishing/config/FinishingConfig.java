package dev.galatea.finishing.config;

import io.smallrye.config.ConfigMapping;

import dev.galatea.clips.video.EncoderConfig;

/** Settings of the finishing stage. */
@ConfigMapping(prefix = "galatea.finishing")
public interface FinishingConfig {

    /** The encoder; what is not set is as {@code galatea.decoding.video} says. */
    EncoderConfig video();
}
