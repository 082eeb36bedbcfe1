package dev.galatea.decoding;

import java.io.IOException;
import java.util.concurrent.ScheduledExecutorService;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import dev.galatea.decoding.clip.ClipDecoder;
import dev.galatea.decoding.config.DecodingConfig;
import dev.galatea.decoding.video.FfmpegEncoder;
import dev.galatea.media.FfmpegBinaries;

/** The parts of the service that know nothing of beans. */
@Singleton
class DecodingBeans {

    @Produces
    @Singleton
    FfmpegEncoder encoder(DecodingConfig config, MeterRegistry metrics, ScheduledExecutorService watchdog)
            throws IOException {
        DecodingConfig.Video video = config.video();
        FfmpegBinaries binaries = video.ffmpegDirectory().isPresent()
                ? FfmpegBinaries.in(video.ffmpegDirectory().get())
                : FfmpegBinaries.bundled();
        Timer waited = Timer.builder("galatea.ffmpeg.run")
                .description("Time that a clip waited for FFmpeg")
                .register(metrics);
        return new FfmpegEncoder(binaries, video.encoder(), video.timeout(), waited::record, watchdog);
    }

    @Produces
    @Singleton
    ClipDecoder clipDecoder(FfmpegEncoder encoder) {
        return new ClipDecoder(encoder);
    }
}
