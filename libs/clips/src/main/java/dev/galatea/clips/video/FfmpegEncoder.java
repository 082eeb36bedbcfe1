package dev.galatea.clips.video;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

import dev.galatea.media.FfmpegSandbox;
import dev.galatea.model.failure.RetryableException;

/**
 * Encodes raw frames to H.264 in MP4, playable in browsers while it loads: 4:2:0, High profile, BT.709, index first.
 * The same frames give the same bytes. Thread-safe; each clip has a process of its own.
 */
public final class FfmpegEncoder {

    /**
     * Exact, machine-independent arithmetic from full-range RGB to limited-range BT.709. Lanczos' filter keeps more of
     * the colour at the edges of small things than others; chroma lies amid its four pixels, as Chromium shows it.
     */
    private static final String TO_BT709_420 =
            "scale=in_range=pc:out_range=tv:out_color_matrix=bt709:out_h_chr_pos=128:out_v_chr_pos=128"
                    + ":flags=lanczos+accurate_rnd+full_chroma_int+bitexact,"
                    + "format=yuv420p,setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709";

    /** Says so in the stream (H.264, table E-1 and figure E-1): chroma of which nothing is said lies to the left. */
    private static final String CHROMA_IS_CENTRED = "h264_metadata=chroma_sample_loc_type=1";

    private final FfmpegSandbox sandbox;
    private final H264Encoder encoder;
    private final Duration timeout;
    private final Consumer<Duration> waited;
    private final ScheduledExecutorService watchdog;

    /**
     * An encoder.
     *
     * @param timeout a process that does not take a frame, or does not end, for this long is killed
     * @param waited told for each clip how long its caller waited for the process
     * @param watchdog kills processes that take too long
     */
    public FfmpegEncoder(
            FfmpegSandbox sandbox,
            H264Encoder encoder,
            Duration timeout,
            Consumer<Duration> waited,
            ScheduledExecutorService watchdog) {
        this.sandbox = sandbox;
        this.encoder = encoder;
        this.timeout = timeout;
        this.waited = waited;
        this.watchdog = watchdog;
    }

    /** Starts a clip. The caller closes the writer; the file is there only if the writer was finished. */
    public ClipWriter open(VideoFormat format, Path target) throws RetryableException {
        long start = System.nanoTime();
        try {
            Path file = target.toAbsolutePath();
            Process process = sandbox.start(command(format, file), List.of(), List.of(directory(file)));
            StallGuard guard = new StallGuard(process, timeout, System.nanoTime() - start, watchdog);
            return new ClipWriter(process, encoder, format, target, guard, waited);
        } catch (IOException e) {
            throw new RetryableException("ffmpeg_not_started", "FFmpeg can't be started: " + e.getMessage(), e);
        }
    }

    private static Path directory(Path file) {
        return Objects.requireNonNull(file.getParent(), "a file lies in a directory");
    }

    private List<String> command(VideoFormat format, Path target) {
        List<String> command =
                new ArrayList<>(List.of("ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y"));
        command.addAll(List.of("-f", "rawvideo", "-pixel_format", "rgb24"));
        command.addAll(List.of("-video_size", format.width() + "x" + format.height()));
        command.addAll(List.of("-framerate", Integer.toString(format.fps()), "-i", "pipe:0"));
        command.addAll(List.of("-filter_threads", "1", "-vf", TO_BT709_420));
        command.addAll(encoder.options(format.quantizer()));
        command.addAll(List.of("-profile:v", "high", "-g", Integer.toString(2 * format.fps()), "-threads", "1"));
        command.addAll(List.of("-bsf:v", CHROMA_IS_CENTRED));
        command.addAll(List.of("-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1"));
        if (format.quantizer() != format.wantedQuantizer()) {
            command.addAll(List.of(
                    "-metadata",
                    "comment=H.264 quantizer " + format.quantizer() + " instead of " + format.wantedQuantizer()));
        }
        command.addAll(List.of("-movflags", "+faststart", "-f", "mp4", target.toString()));
        return command;
    }
}
