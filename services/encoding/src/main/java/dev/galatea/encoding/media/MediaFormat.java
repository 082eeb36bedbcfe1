package dev.galatea.encoding.media;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.galatea.model.media.IsoMedia;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * The formats of media that are read, detected by a file's first bytes; a media type declared by a client is ignored.
 * Each format has one demuxer and few decoders, and FFmpeg may use no others: playlists, scripts and references to
 * other files are not supported.
 */
public enum MediaFormat {
    /** JPEG; of several pictures in a file the first one. */
    JPEG("jpeg_pipe", List.of("mjpeg"), List.of(), false),
    /** PNG; of an animated one its first picture. */
    PNG("png_pipe", List.of("png"), List.of(), false),
    /** WebP; of an animated one its first picture. */
    WEBP("webp_pipe", List.of("webp"), List.of(), false),
    /** MP4 and QuickTime. */
    MP4(
            "mov",
            List.of("h264", "hevc", "mpeg4", "vp9", "libdav1d", "libaom-av1", "av1"),
            List.of("h264", "hevc", "mpeg4", "vp9", "av1"),
            true),
    /** WebM and Matroska. */
    WEBM(
            "matroska",
            List.of("vp8", "vp9", "libvpx", "libvpx-vp9", "libdav1d", "libaom-av1", "av1", "h264", "hevc", "mpeg4"),
            List.of("vp8", "vp9", "av1", "h264", "hevc", "mpeg4"),
            true);

    /** First bytes of formats that are often sent and not read, for messages. */
    private static final Map<String, String> OTHERS = Map.ofEntries(
            Map.entry("GIF8", "GIF"),
            Map.entry("BM", "BMP"),
            Map.entry("II*\0", "TIFF"),
            Map.entry("MM\0*", "TIFF"),
            Map.entry("%PDF", "PDF"),
            Map.entry("\u00ff\n", "JPEG XL"),
            Map.entry("\0\0\0\fJXL ", "JPEG XL"),
            Map.entry("RIFF", "RIFF (AVI or sound)"),
            Map.entry("OggS", "Ogg"),
            Map.entry("FLV", "Flash video"),
            Map.entry("G@", "MPEG transport stream"),
            Map.entry("\0\0\1\u00ba", "MPEG program stream"),
            Map.entry("\0\0\1\u00b3", "MPEG video without a container"),
            Map.entry("\0\0\0\1", "video without a container"),
            Map.entry("0&\u00b2u", "Windows Media"),
            Map.entry(".RMF", "RealMedia"),
            Map.entry("\6\16+4", "MXF"),
            Map.entry("DKIF", "IVF"),
            Map.entry("II+\0", "TIFF"),
            Map.entry("MM\0+", "TIFF"),
            Map.entry("\0\0\0\fjP  ", "JPEG 2000"),
            Map.entry("\u00ff\u004f\u00ff\u0051", "JPEG 2000"),
            Map.entry("\0\0\1\0", "ICO"),
            Map.entry("8BPS", "Photoshop"),
            Map.entry("v/1\1", "OpenEXR"),
            Map.entry("#?RA", "Radiance HDR"),
            Map.entry("DDS ", "DDS"),
            Map.entry("qoif", "QOI"),
            Map.entry("%!PS", "PostScript"),
            Map.entry("PK\3\4", "ZIP"),
            Map.entry("\37\u008b", "GZIP"),
            Map.entry("ID3", "MP3"),
            Map.entry("fLaC", "FLAC"),
            Map.entry("data:", "a data: URL"),
            Map.entry("#EXTM3U", "a playlist"),
            Map.entry("<", "HTML, SVG or XML"));

    /** The number of a file's first bytes that detection needs. */
    static final int HEAD = 16;

    private final String demuxer;
    private final List<String> decoders;
    private final List<String> codecs;
    private final boolean video;

    MediaFormat(String demuxer, List<String> decoders, List<String> codecs, boolean video) {
        this.demuxer = demuxer;
        this.decoders = decoders;
        this.codecs = codecs;
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
        if (IsoMedia.isFilm(head)) {
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

    /** What FFmpeg checks; the checksums of PNG are those of its palette and size, too. */
    String checks() {
        return "explode+bitstream+buffer" + (video ? "" : "+crccheck");
    }

    /** FFmpeg's only decoders for it, as a list for its options. */
    String decoders() {
        return String.join(",", decoders);
    }

    /** The format that begins like this, if it is a picture's, or a video's; else a refusal that says what it is. */
    static MediaFormat require(byte[] head, boolean video) throws MediaRefusedException {
        Optional<MediaFormat> format = of(head);
        if (format.isPresent() && format.get().video == video) {
            return format.get();
        }
        throw notKnown(head, video ? "video" : "picture", names(video));
    }

    /** The format that begins like this; else a refusal that says what it is. */
    static MediaFormat require(byte[] head) throws MediaRefusedException {
        Optional<MediaFormat> format = of(head);
        if (format.isPresent()) {
            return format.get();
        }
        throw notKnown(head, "picture or video", names(false) + ", " + names(true));
    }

    private static MediaRefusedException notKnown(byte[] head, String wanted, String valid) {
        String what = of(head).map(MediaFormat::name)
                .or(() -> otherName(head))
                .map(name -> " (it is " + name + ")")
                .orElse("");
        return new MediaRefusedException(
                "media_not_known",
                "is not a supported " + wanted + " by its first bytes" + what + "; valid are " + valid);
    }

    private static Optional<String> otherName(byte[] head) {
        if (head.length == 0) {
            return Optional.of("empty");
        }
        String text = new String(head, ISO_8859_1);
        return IsoMedia.picture(head).or(() -> OTHERS.entrySet().stream()
                .filter(other -> text.startsWith(other.getKey()))
                .map(Map.Entry::getValue)
                .findFirst());
    }

    /** Refuses a video's codec that is not read. */
    void requireCodec(String codec) throws MediaRefusedException {
        if (!codecs.contains(codec)) {
            throw new MediaRefusedException(
                    "media_not_supported",
                    "has the video codec " + codec + "; valid in " + name() + " are " + String.join(", ", codecs));
        }
    }

    /** Options for the decoder that knows transparency which WebM has beside each picture. */
    List<String> alphaDecoder(String codec) {
        return switch (codec) {
            case "vp8" -> List.of("-c:v", "libvpx");
            case "vp9" -> List.of("-c:v", "libvpx-vp9");
            default -> List.of();
        };
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
