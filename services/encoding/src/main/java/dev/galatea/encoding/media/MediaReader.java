package dev.galatea.encoding.media;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.galatea.encoding.media.FilterChain.Timing;
import dev.galatea.media.FfmpegSandbox;
import dev.galatea.model.failure.RetryableException;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * Reads pictures and videos: tells the format by the first bytes, the size by the header, refuses what is beyond the
 * limits, looks at the first picture, and only then has FFmpeg decode what the clip needs. Of a picture file the first
 * picture counts, of a video the first stream of pictures that is no cover; sound and all else is never decoded.
 * Thread-safe.
 */
public final class MediaReader {

    /** Bytes of a line of FFmpeg's list of packets, at most. */
    private static final int PACKET_LINE = 120;
    /** More than people's files have; each costs FFmpeg memory before anything is decoded. */
    private static final String MAX_STREAMS = "128";
    /** Numbers instead of the times of decoding, which Matroska does not have and FFmpeg can't guess of every codec. */
    private static final String UNORDERED = "setts=dts=N-1000000000000";
    /** Pictures whose times may lie before their neighbours': those that a codec reorders. */
    private static final int REORDERED = 32;

    private final MediaLimits limits;
    private final Ffmpeg ffmpeg;

    public MediaReader(FfmpegSandbox sandbox, MediaLimits limits) {
        this.limits = limits;
        this.ffmpeg = new Ffmpeg(sandbox, limits);
    }

    /** The same as {@link #read(Path, FrameRequest, Path)} in the directory of the file. */
    public Frames read(Path file, FrameRequest request)
            throws MediaRefusedException, RetryableException, InterruptedException {
        return read(file, request, parent(file));
    }

    private static Path parent(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file lies in a directory");
    }

    /**
     * The pictures that are asked for, fitted.
     *
     * @param scratch a directory for a copy of the first picture, if the media hold more than one
     */
    public Frames read(Path file, FrameRequest request, Path scratch)
            throws MediaRefusedException, RetryableException, InterruptedException {
        Source source = source(file, request, (double) request.frames() / request.fps(), scratch);
        FrameTraits traits = traits(source);
        byte[] rgb = new byte[0];
        for (Timing timing : timings(source)) {
            if (rgb.length == 0) {
                String filters = FilterChain.of(request, traits, source.canvas(), timing, true);
                List<String> command = command(source, traits, filters, request.frames());
                rgb = ffmpeg.run(command, source.file(), request.bytes(), traits::requireOneSize);
            }
        }
        if (rgb.length < request.bytes()) {
            throw new MediaRefusedException("media_broken", "holds no picture that can be decoded");
        }
        return Frames.ofRgb(rgb, request.frames(), request.height(), request.width());
    }

    /** The ways to take pictures of a file, until one gives some: also a video that is over at once has a picture. */
    private static List<Timing> timings(Source source) {
        return source.format().isVideo() ? List.of(Timing.AT_THE_CLIPS_RATE, Timing.FIRST) : List.of(Timing.FIRST);
    }

    /**
     * Writes all pictures, fitted, as rows of RGB bytes.
     *
     * @param request the pictures; {@code frames} is the greatest number of them
     * @return the number of pictures
     */
    public int readAll(Path file, FrameRequest request, Path target)
            throws MediaRefusedException, RetryableException, InterruptedException {
        Source source = source(file, request, Double.POSITIVE_INFINITY, parent(target));
        FrameTraits traits = traits(source);
        long frameBytes = 3L * request.width() * request.height();
        long most = (request.frames() + 1) * frameBytes; // one more, to see that there are too many
        long bytes = 0;
        for (Timing timing : timings(source)) {
            if (bytes == 0) {
                String filters = FilterChain.of(request, traits, source.canvas(), timing, false);
                List<String> command = command(source, traits, filters, request.frames() + 1);
                bytes = ffmpeg.run(command, source.file(), most, target, traits::requireOneSize);
            }
        }
        long frames = bytes / frameBytes;
        if (frames > request.frames()) {
            throw new MediaRefusedException(
                    "media_too_large",
                    "has more than " + request.frames() + " frames at " + request.fps() + " per second and "
                            + request.width() + "x" + request.height() + "; valid are up to " + request.frames());
        }
        return (int) frames;
    }

    /** Detects the format of a picture, or of a video, by its first bytes; refuses anything else. */
    public static MediaFormat requireFormat(Path file, boolean video) throws MediaRefusedException, RetryableException {
        return MediaFormat.require(head(file), video);
    }

    /** Detects the format of a picture or video by its first bytes; refuses anything else. */
    public static MediaFormat requireFormat(Path file) throws MediaRefusedException, RetryableException {
        return MediaFormat.require(head(file));
    }

    private static byte[] head(Path file) throws RetryableException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(MediaFormat.HEAD);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static RetryableException unreadable(IOException e) {
        return new RetryableException("disk_failed", "the media can't be read again: " + e.getMessage(), e);
    }

    /**
     * Media that are within the limits.
     *
     * @param codec FFmpeg's name of a video's codec; empty for pictures
     */
    private record Source(Path file, MediaFormat format, String codec, Still.@Nullable Canvas canvas) {}

    private Source source(Path file, FrameRequest request, double seconds, Path scratch)
            throws MediaRefusedException, RetryableException, InterruptedException {
        Path absolute = file.toAbsolutePath();
        MediaFormat format = MediaFormat.require(head(absolute), request.video());
        return format.isVideo() ? video(absolute, format, seconds) : picture(absolute, format, scratch);
    }

    private Source picture(Path file, MediaFormat format, Path scratch)
            throws MediaRefusedException, RetryableException {
        try {
            requireSize(sizeOf(file, format));
            Path copy = scratch.toAbsolutePath().resolve(file.getFileName() + ".first");
            Still still = FirstPicture.of(file, format, copy);
            PictureSize size = sizeOf(still.file(), format);
            requireSize(size);
            Still.Canvas canvas = still.canvas();
            if (canvas != null) {
                requireSize(new PictureSize(canvas.width(), canvas.height()));
                canvas.require(size);
                canvas = canvas.isFilledBy(size) ? null : canvas;
            }
            return new Source(still.file(), format, "", canvas);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static PictureSize sizeOf(Path file, MediaFormat format) throws IOException, MediaRefusedException {
        return PictureHeader.read(file, format)
                .orElseThrow(() -> new MediaRefusedException(
                        "media_broken", "begins like " + format + ", but its header holds no size"));
    }

    /** Counts the pictures, and those of the first seconds, by the container alone. */
    private Source video(Path file, MediaFormat format, double seconds)
            throws MediaRefusedException, RetryableException, InterruptedException {
        try {
            ContainerEnd.require(file, format);
        } catch (IOException e) {
            throw unreadable(e);
        }
        List<String> command = ffmpeg(format, file, List.of());
        command.addAll(List.of("-map", "0:V:0", "-c", "copy", "-copyinkf", "-bsf:v", UNORDERED));
        command.addAll(List.of("-f", "framecrc", "pipe:1"));
        int most = (limits.maxFrames() + PACKET_LINE) * PACKET_LINE;
        Packets packets = Packets.of(new String(ffmpeg.run(command, file, most, log -> {}), ISO_8859_1))
                .orElseThrow(() -> new MediaRefusedException("media_broken", "holds no video"));
        format.requireCodec(packets.codec());
        packets.requireOpen();
        PictureSize size = new PictureSize(packets.width(), packets.height());
        requireSize(size);
        if (packets.count() > limits.maxFrames()) {
            throw new MediaRefusedException(
                    "media_too_large",
                    "has more than " + limits.maxFrames() + " frames; valid are up to " + limits.maxFrames());
        }
        requireWork(size, Math.min(packets.count(), packets.within(seconds) + REORDERED));
        return new Source(file, format, packets.codec(), null);
    }

    private void requireWork(PictureSize size, int pictures) throws MediaRefusedException {
        if (size.pixels() * pictures > limits.maxWork()) {
            throw new MediaRefusedException(
                    "media_too_large",
                    "has " + pictures + " frames of " + size.width() + "x" + size.height()
                            + " to decode; valid are up to " + limits.maxWork() / size.pixels() + " of this size");
        }
    }

    private void requireSize(PictureSize size) throws MediaRefusedException {
        if (size.width() < 1 || size.height() < 1) {
            throw new MediaRefusedException("media_broken", "holds no picture");
        }
        if (size.width() > limits.maxSide() || size.height() > limits.maxSide() || size.pixels() > limits.maxPixels()) {
            throw new MediaRefusedException(
                    "media_too_large",
                    "has " + size.width() + "x" + size.height() + " pixels; valid are up to " + limits.maxSide()
                            + " on each side, and " + limits.maxPixels() + " in all");
        }
    }

    /** Decodes one picture, and reads what FFmpeg says of it. */
    private FrameTraits traits(Source source) throws MediaRefusedException, RetryableException, InterruptedException {
        List<String> command = ffmpeg(source.format(), source.file(), List.of("-noautorotate"));
        command.addAll(List.of("-map", "0:V:0", "-frames:v", "1", "-vf", "showinfo=checksum=0"));
        command.addAll(List.of("-map_metadata", "-1", "-f", "null", "-")); // it would be logged after the picture
        FrameTraits traits = FrameTraits.of(ffmpeg.log(command, source.file()))
                .orElseThrow(() -> new MediaRefusedException("media_broken", "holds no picture that can be decoded"));
        traits.requireKnown();
        if (source.canvas() != null) {
            traits.requireUpright();
        }
        return traits;
    }

    private List<String> command(Source source, FrameTraits traits, String filters, int frames) {
        List<String> decoder = traits.alphaApart() ? source.format().alphaDecoder(source.codec()) : List.of();
        List<String> command = ffmpeg(source.format(), source.file(), decoder);
        command.addAll(List.of("-map", "0:V:0", "-filter_threads", "1", "-vf", filters));
        command.addAll(List.of("-fps_mode", "passthrough", "-frames:v", Integer.toString(frames)));
        command.addAll(List.of("-f", "rawvideo", "pipe:1"));
        return command;
    }

    /** A command that allows FFmpeg one local file, one demuxer, few decoders, one thread, and bounded memory. */
    private List<String> ffmpeg(MediaFormat format, Path file, List<String> inputOptions) {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-nostdin", "-hide_banner", "-xerror"));
        command.addAll(List.of("-loglevel", "level+info", "-nostats"));
        command.addAll(List.of("-max_alloc", Long.toString(limits.maxMemory() / 2)));
        command.addAll(List.of("-protocol_whitelist", "file,pipe", "-f", format.demuxer()));
        command.addAll(List.of("-codec_whitelist", format.decoders()));
        command.addAll(List.of("-max_pixels", Long.toString(limits.maxPixels())));
        command.addAll(List.of("-err_detect", format.checks(), "-max_streams", MAX_STREAMS, "-threads", "1"));
        command.addAll(List.of("-an", "-sn", "-dn"));
        command.addAll(inputOptions);
        command.addAll(List.of("-i", "file:" + file));
        return command;
    }
}
