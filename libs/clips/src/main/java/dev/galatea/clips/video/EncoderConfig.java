package dev.galatea.clips.video;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import io.smallrye.config.WithDefault;

/** Settings of the MP4 encoder, a part of the settings of each stage that has one. */
public interface EncoderConfig {

    /** A directory with the executable {@code ffmpeg}; the bundled one unless given. */
    Optional<Path> ffmpegDirectory();

    /** Its H.264 encoder: {@code libopenh264} (the bundled one has it) or {@code libx264}. */
    @WithDefault("libopenh264")
    H264Encoder encoder();

    /**
     * Constant H.264 quantizer: 1 is nearly lossless and large, 51 is small and coarse. Below 12, OpenH264 takes 12.
     * Where OpenH264 fails because frames have too much detail for it, the next coarser one in steps of 6 is taken.
     */
    @WithDefault("12")
    int quantizer();

    /** An FFmpeg that does not take a frame, or does not end, for this long is killed; the job is tried again. */
    @WithDefault("2m")
    Duration timeout();
}
