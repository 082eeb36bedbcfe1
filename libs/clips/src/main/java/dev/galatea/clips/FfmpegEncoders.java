package dev.galatea.clips;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import dev.galatea.clips.video.ClipReader;
import dev.galatea.clips.video.EncoderConfig;
import dev.galatea.clips.video.FfmpegEncoder;
import dev.galatea.media.FfmpegBinaries;
import dev.galatea.media.FfmpegSandboxes;
import dev.galatea.media.ProcessLimits;

/** Makes encoders, and readers of what they wrote, as the configuration of a stage says. Thread-safe. */
@ApplicationScoped
public class FfmpegEncoders {

    /** It is fed our own frames; the limits are far above what the longest clip needs. */
    private static final ProcessLimits LIMITS = new ProcessLimits(0, Duration.ofHours(4), 1L << 36);

    /** It writes no files; the largest pictures take less than half of the memory. */
    private static final ProcessLimits READER_LIMITS = new ProcessLimits(2L << 30, Duration.ofHours(4), 0);

    private final FfmpegSandboxes sandboxes;
    private final MeterRegistry metrics;
    private final ScheduledExecutorService watchdog;

    @Inject
    public FfmpegEncoders(FfmpegSandboxes sandboxes, MeterRegistry metrics, ScheduledExecutorService watchdog) {
        this.sandboxes = sandboxes;
        this.metrics = metrics;
        this.watchdog = watchdog;
    }

    /** Makes an encoder; tries FFmpeg once. */
    public FfmpegEncoder open(EncoderConfig config) throws IOException {
        Timer waited = Timer.builder("galatea.ffmpeg.run")
                .description("Time that a clip waited for FFmpeg")
                .register(metrics);
        return new FfmpegEncoder(
                sandboxes.open(binaries(config), LIMITS), config.encoder(), config.timeout(), waited::record, watchdog);
    }

    /** Makes a reader of clips that such an encoder wrote; tries FFmpeg once. */
    public ClipReader reader(EncoderConfig config) throws IOException {
        return new ClipReader(sandboxes.open(binaries(config), READER_LIMITS), config.timeout(), watchdog);
    }

    private static FfmpegBinaries binaries(EncoderConfig config) throws IOException {
        return config.ffmpegDirectory().isPresent()
                ? FfmpegBinaries.in(config.ffmpegDirectory().get())
                : FfmpegBinaries.bundled();
    }
}
