package dev.galatea.decoding;

import java.io.IOException;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import dev.galatea.clips.FfmpegEncoders;
import dev.galatea.decoding.clip.ClipDecoder;
import dev.galatea.decoding.config.DecodingConfig;

/** The parts of the service that know nothing of beans. */
@Singleton
class DecodingBeans {

    @Produces
    @Singleton
    ClipDecoder clipDecoder(DecodingConfig config, FfmpegEncoders encoders) throws IOException {
        return new ClipDecoder(encoders.open(config.video()));
    }
}
