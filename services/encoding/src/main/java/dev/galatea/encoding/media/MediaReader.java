package dev.galatea.encoding.media;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.galatea.media.FfmpegBinaries;
import dev.galatea.model.failure.RetryableException;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * Reads pictures and videos: tells the format by the first bytes, the size by the header, refuses what is beyond the
 * limits, and only then has FFmpeg decode it. Thread-safe.
 */
public final class MediaReader {

    /** The most bytes of ffprobe's output, which has some hundred for one stream. */
    private static final int MAX_PROBED = 16 * 1024;

    private final MediaLimits limits;
    private final Ffmpeg ffmpeg;

    public MediaReader(FfmpegBinaries binaries, MediaLimits limits) {
        this.limits = limits;
        this.ffmpeg = new Ffmpeg(binaries, limits);
    }

    /** The pictures that are asked for, fitted. */
    public Frames read(Path file, FrameRequest request)
            throws MediaRefusedException, RetryableException, InterruptedException {
        MediaFormat format = format(file, request.video());
        requireSize(size(file, format));
        byte[] rgb = ffmpeg.run(command(format, file, request.filters(), request.frames()), request.bytes());
        if (rgb.length < request.bytes()) {
            throw new MediaRefusedException("media_broken", "holds no picture that can be decoded");
        }
        return Frames.ofRgb(rgb, request.frames(), request.height(), request.width());
    }

    /**
     * Writes all pictures, fitted, as rows of RGB bytes.
     *
     * @param request the pictures; {@code frames} is the greatest number of them
     * @return the number of pictures
     */
    public int readAll(Path file, FrameRequest request, Path target)
            throws MediaRefusedException, RetryableException, InterruptedException {
        MediaFormat format = format(file, request.video());
        requireSize(size(file, format));
        long frameBytes = 3L * request.width() * request.height();
        long most = (request.frames() + 1) * frameBytes; // one more, to see that there are too many
        long bytes = ffmpeg.run(command(format, file, request.filtersOfAll(), request.frames() + 1), most, target);
        long frames = bytes / frameBytes;
        if (frames > request.frames()) {
            throw new MediaRefusedException(
                    "media_too_large",
                    "has more than " + request.frames() + " frames at " + request.fps() + " per second and "
                            + request.width() + "x" + request.height() + "; valid are up to " + request.frames());
        }
        return (int) frames;
    }

    private List<String> command(MediaFormat format, Path file, String filters, int frames) {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-nostdin", "-hide_banner", "-xerror"));
        command.addAll(guarded(format, file));
        command.addAll(List.of("-map", "0:v:0", "-an", "-sn", "-dn", "-filter_threads", "1"));
        command.addAll(List.of("-vf", filters, "-frames:v", Integer.toString(frames)));
        command.addAll(List.of("-f", "rawvideo", "pipe:1"));
        return command;
    }

    /** Detects a file's format by its first bytes; empty if it is none that is read. */
    public static Optional<MediaFormat> format(Path file) throws RetryableException {
        try (InputStream in = Files.newInputStream(file)) {
            return MediaFormat.of(in.readNBytes(MediaFormat.HEAD));
        } catch (IOException e) {
            throw new RetryableException("disk_failed", "the media can't be read again: " + e.getMessage(), e);
        }
    }

    private static MediaFormat format(Path file, boolean video) throws MediaRefusedException, RetryableException {
        return format(file)
                .filter(format -> format.isVideo() == video)
                .orElseThrow(() -> new MediaRefusedException(
                        "media_not_known",
                        "is not a supported " + (video ? "video" : "picture") + " by its first bytes; valid are "
                                + MediaFormat.names(video)));
    }

    private MediaSize size(Path file, MediaFormat format)
            throws MediaRefusedException, RetryableException, InterruptedException {
        if (format.isVideo()) {
            return probe(file, format);
        }
        try {
            return PictureHeader.read(file, format)
                    .orElseThrow(() -> new MediaRefusedException(
                            "media_broken", "begins like " + format + ", but its header holds no size"));
        } catch (IOException e) {
            throw new RetryableException("disk_failed", "the media can't be read again: " + e.getMessage(), e);
        }
    }

    private MediaSize probe(Path file, MediaFormat format)
            throws MediaRefusedException, RetryableException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ffprobe", "-hide_banner"));
        command.addAll(guarded(format, file));
        command.addAll(List.of("-select_streams", "v:0", "-of", "default=noprint_wrappers=1"));
        command.addAll(
                List.of("-show_entries", "stream=width,height,nb_frames,avg_frame_rate,duration:format=duration"));
        Map<String, String> said = new HashMap<>();
        for (String line : new String(ffmpeg.run(command, MAX_PROBED), ISO_8859_1).split("\\R")) {
            String[] pair = line.split("=", 2);
            if (pair.length == 2 && !pair[1].equals("N/A")) {
                said.put(pair[0], pair[1]);
            }
        }
        try {
            return new MediaSize(
                    Integer.parseInt(said.getOrDefault("width", "0")),
                    Integer.parseInt(said.getOrDefault("height", "0")),
                    frames(said));
        } catch (NumberFormatException e) {
            throw new MediaRefusedException("media_broken", "has a size that is not a number");
        }
    }

    private static long frames(Map<String, String> said) {
        if (said.containsKey("nb_frames")) {
            return Long.parseLong(said.get("nb_frames"));
        }
        String[] rate = said.getOrDefault("avg_frame_rate", "0/1").split("/", 2);
        double fps = Double.parseDouble(rate[0]) / (rate.length == 2 ? Double.parseDouble(rate[1]) : 1);
        double frames = fps * Double.parseDouble(said.getOrDefault("duration", "0"));
        return Double.isNaN(frames) ? 0 : (long) Math.ceil(frames);
    }

    private void requireSize(MediaSize size) throws MediaRefusedException {
        if (size.width() < 1 || size.height() < 1) {
            throw new MediaRefusedException("media_broken", "holds no picture");
        }
        long pixels = (long) size.width() * size.height();
        if (size.width() > limits.maxSide() || size.height() > limits.maxSide() || pixels > limits.maxPixels()) {
            throw new MediaRefusedException(
                    "media_too_large",
                    "has " + size.width() + "x" + size.height() + " pixels; valid are up to " + limits.maxSide()
                            + " on each side, and " + limits.maxPixels() + " in all");
        }
        if (size.frames() > limits.maxFrames()) {
            throw new MediaRefusedException(
                    "media_too_large", "has " + size.frames() + " frames; valid are up to " + limits.maxFrames());
        }
    }

    /** Returns options that allow FFmpeg one local file, one demuxer, few decoders, one thread, and bounded memory. */
    private List<String> guarded(MediaFormat format, Path file) {
        return List.of(
                "-loglevel",
                "error",
                "-max_alloc",
                Long.toString(limits.maxMemory() / 2),
                "-protocol_whitelist",
                "file,pipe",
                "-f",
                format.demuxer(),
                "-codec_whitelist",
                format.decoders(),
                "-max_pixels",
                Long.toString(limits.maxPixels()),
                "-err_detect",
                "explode+bitstream+buffer",
                "-max_streams",
                "16",
                "-threads",
                "1",
                "-i",
                "file:" + file);
    }
}
