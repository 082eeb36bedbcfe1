package dev.galatea.decoding;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import dev.galatea.decoding.clip.ClipDecoder;
import dev.galatea.decoding.config.DecodingConfig;
import dev.galatea.decoding.video.FfmpegEncoder;
import dev.galatea.media.FfmpegBinaries;
import dev.galatea.media.FfmpegSandboxes;
import dev.galatea.media.ProcessLimits;

/** The parts of the service that know nothing of beans. */
@Singleton
class DecodingBeans {

    /** It is fed our own frames; the limits are far above what the longest clip needs. */
    private static final ProcessLimits LIMITS = new ProcessLimits(0, Duration.ofHours(4), 1L << 36);

    @Produces
    @Singleton
    FfmpegEncoder encoder(
            DecodingConfig config, FfmpegSandboxes sandboxes, MeterRegistry metrics, ScheduledExecutorService watchdog)
            throws IOException {
        DecodingConfig.Video video = config.video();
        FfmpegBinaries binaries = video.ffmpegDirectory().isPresent()
                ? FfmpegBinaries.in(video.ffmpegDirectory().get())
                : FfmpegBinaries.bundled();
        Timer waited = Timer.builder("galatea.ffmpeg.run")
                .description("Time that a clip waited for FFmpeg")
                .register(metrics);
        return new FfmpegEncoder(
                sandboxes.open(binaries, LIMITS), video.encoder(), video.timeout(), waited::record, watchdog);
    }

    @Produces
    @Singleton
    ClipDecoder clipDecoder(FfmpegEncoder encoder) {
        return new ClipDecoder(encoder);
    }
}
