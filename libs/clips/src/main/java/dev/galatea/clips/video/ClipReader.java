package dev.galatea.clips.video;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;

import dev.galatea.clips.frames.FrameSink;
import dev.galatea.clips.frames.Rgb24;
import dev.galatea.media.ErrorOutput;
import dev.galatea.media.FfmpegSandbox;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.failure.StageException;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Reads clips that {@link FfmpegEncoder} wrote, frame by frame, so that memory does not depend on their length. The
 * same file gives the same frames. Thread-safe; each clip has a process of its own.
 */
public final class ClipReader {

    /** The way back from what {@link FfmpegEncoder} makes of frames: exact, machine-independent arithmetic. */
    private static final String TO_RGB =
            "scale=in_range=tv:out_range=pc:in_color_matrix=bt709:in_h_chr_pos=128:in_v_chr_pos=128"
                    + ":flags=lanczos+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact,format=rgb24";

    private static final int BUFFER = 64 * 1024;
    /** The shell's exit codes of processes that one of the 31 signals ended; FFmpeg's own lie beyond them. */
    private static final int FIRST_SIGNAL = 128 + 1;

    private static final int LAST_SIGNAL = 128 + 31;

    private final FfmpegSandbox sandbox;
    private final Duration timeout;
    private final ScheduledExecutorService watchdog;

    /**
     * A reader.
     *
     * @param timeout a process that does not give a frame for this long is killed
     * @param watchdog kills processes that take too long
     */
    public ClipReader(FfmpegSandbox sandbox, Duration timeout, ScheduledExecutorService watchdog) {
        this.sandbox = sandbox;
        this.timeout = timeout;
        this.watchdog = watchdog;
    }

    /**
     * Hands on all frames of a clip, planar and in [-1, 1].
     *
     * @param shape of the clip, as is known of it; its quantizer does not matter
     * @param frames number of frames, as is known of it
     * @throws PoisonException {@code clip_broken} if the file is no such clip
     */
    public void read(Path file, VideoFormat shape, int frames, FrameSink sink)
            throws StageException, InterruptedException {
        Path absolute = file.toAbsolutePath();
        Process process = start(absolute);
        ErrorOutput errors = ErrorOutput.of(process);
        try (StallGuard guard = new StallGuard(process, timeout, 0, watchdog);
                InputStream out = new BufferedInputStream(process.getInputStream(), BUFFER)) {
            Run run = new Run(process, errors, guard, out);
            byte[] rgb = new byte[shape.frameBytes()];
            float[] frame = new float[shape.frameBytes()];
            for (int i = 0; i < frames; i++) {
                if (!run.next(shape, rgb)) {
                    throw broken("has " + i + " frames; valid are " + frames);
                }
                Rgb24.toPlanar(rgb, frame);
                sink.accept(i, frame);
            }
            if (run.next(shape, rgb)) {
                throw broken("has more than " + frames + " frames; valid are " + frames);
            }
        } catch (IOException e) {
            throw new RetryableException("ffmpeg_failed", "FFmpeg's output broke off: " + e.getMessage(), e);
        } finally {
            process.destroyForcibly();
        }
    }

    private Process start(Path file) throws RetryableException {
        try {
            return sandbox.start(command(file), List.of(file), List.of());
        } catch (IOException e) {
            throw new RetryableException("ffmpeg_not_started", "FFmpeg can't be started: " + e.getMessage(), e);
        }
    }

    private static List<String> command(Path file) {
        List<String> command =
                new ArrayList<>(List.of("ffmpeg", "-nostdin", "-hide_banner", "-xerror", "-loglevel", "error"));
        command.addAll(List.of("-protocol_whitelist", "file,pipe", "-f", "mov", "-codec_whitelist", "h264"));
        command.addAll(List.of("-err_detect", "explode", "-threads", "1", "-an", "-sn", "-dn"));
        command.addAll(List.of("-i", "file:" + file, "-map", "0:V:0", "-filter_threads", "1", "-vf", TO_RGB));
        command.addAll(List.of("-fps_mode", "passthrough", "-f", "image2pipe", "-c:v", "ppm", "pipe:1"));
        return command;
    }

    private static PoisonException broken(String why) {
        return new PoisonException("clip_broken", "clip.video: " + why);
    }

    /** One run of FFmpeg, whose output is pictures in the format PPM. */
    private record Run(Process process, ErrorOutput errors, StallGuard guard, InputStream out) {

        /** Reads a frame; false if there is none, and FFmpeg has ended well. */
        boolean next(VideoFormat shape, byte[] rgb) throws StageException, IOException, InterruptedException {
            guard.begin();
            try {
                byte[] expected = header(shape);
                byte[] header = out.readNBytes(expected.length);
                if (header.length < expected.length) {
                    return end(header.length);
                }
                if (!Arrays.equals(header, expected)) {
                    throw broken("has frames of another size; valid is " + shape.width() + "x" + shape.height());
                }
                if (out.readNBytes(rgb, 0, rgb.length) < rgb.length) {
                    return end(rgb.length);
                }
                return true;
            } finally {
                guard.end();
            }
        }

        private static byte[] header(VideoFormat shape) {
            return ("P6\n" + shape.width() + " " + shape.height() + "\n255\n").getBytes(US_ASCII);
        }

        /** Says false at the end of a clip; fails if there is more of a frame. */
        private boolean end(int ofFrame) throws StageException, InterruptedException {
            guard.awaitExit();
            requireSuccess();
            if (ofFrame > 0) {
                throw broken("ends within a frame");
            }
            return false;
        }

        private void requireSuccess() throws StageException, InterruptedException {
            if (guard.timedOut()) {
                throw new RetryableException(
                        "ffmpeg_timeout",
                        "FFmpeg did not go on for " + guard.timeout().toSeconds() + " s and was killed");
            }
            int code = process.exitValue();
            if (code >= FIRST_SIGNAL && code <= LAST_SIGNAL) { // the clip may not be to blame
                throw new RetryableException(
                        "ffmpeg_failed", "FFmpeg ended with exit code " + code + ": " + errors.text());
            }
            if (code != 0) {
                // Without addresses and directories: the message is for whoever ordered the clip.
                throw broken("can't be read: "
                        + errors.text().replaceAll("file:\\S+", "the file").replaceAll(" @ 0x[0-9a-f]+", ""));
            }
        }
    }
}
