package dev.galatea.encoding.media;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The formats of media that are read, detected by a file's first bytes; a media type declared by a client is ignored.
 * Each format has one demuxer and few decoders, and FFmpeg may use no others: playlists, scripts and references to
 * other files are not supported.
 */
public enum MediaFormat {
    /** JPEG. */
    JPEG("jpeg_pipe", List.of("mjpeg"), false),
    /** PNG; of an animated one its first picture. */
    PNG("png_pipe", List.of("png"), false),
    /** WebP; animated ones are not read. */
    WEBP("webp_pipe", List.of("webp"), false),
    /** MP4 and QuickTime. */
    MP4("mov", List.of("h264", "hevc", "mpeg4", "vp9", "libaom-av1", "av1"), true),
    /** WebM and Matroska. */
    WEBM("matroska", List.of("vp8", "vp9", "libaom-av1", "av1", "h264"), true);

    /** The number of a file's first bytes that detection needs. */
    static final int HEAD = 16;

    private final String demuxer;
    private final List<String> decoders;
    private final boolean video;

    MediaFormat(String demuxer, List<String> decoders, boolean video) {
        this.demuxer = demuxer;
        this.decoders = decoders;
        this.video = video;
    }

    /** The format that begins like this. */
    static Optional<MediaFormat> of(byte[] head) {
        if (begins(head, 0, 0xff, 0xd8, 0xff)) {
            return Optional.of(JPEG);
        }
        if (begins(head, 0, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n')) {
            return Optional.of(PNG);
        }
        if (begins(head, 0, 'R', 'I', 'F', 'F') && begins(head, 8, 'W', 'E', 'B', 'P')) {
            return Optional.of(WEBP);
        }
        if (begins(head, 4, 'f', 't', 'y', 'p')) {
            return Optional.of(MP4);
        }
        return begins(head, 0, 0x1a, 0x45, 0xdf, 0xa3) ? Optional.of(WEBM) : Optional.empty();
    }

    /** Says whether the format is a video's. */
    public boolean isVideo() {
        return video;
    }

    /** FFmpeg's only demuxer for it. */
    String demuxer() {
        return demuxer;
    }

    /** FFmpeg's only decoders for it, as a list for its options. */
    String decoders() {
        return String.join(",", decoders);
    }

    /** The names of all pictures, or of all videos, for messages. */
    static String names(boolean videos) {
        Stream<MediaFormat> all = Arrays.stream(values()).filter(format -> format.video == videos);
        return all.map(MediaFormat::name).collect(Collectors.joining(", "));
    }

    private static boolean begins(byte[] bytes, int offset, int... expected) {
        if (bytes.length < offset + expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if ((bytes[offset + i] & 0xff) != expected[i]) {
                return false;
            }
        }
        return true;
    }
}
