package dev.galatea.encoding.media;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the size of pictures out of their headers: a few bytes, and no pixel. */
final class PictureHeader {

    /** A limit above the number of segments that cameras write before the frame header. */
    private static final int MAX_JPEG_SEGMENTS = 1_000;

    private PictureHeader() {}

    /** The size that a picture claims; empty if its header is broken. */
    static Optional<PictureSize> read(Path file, MediaFormat format) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            return switch (format) {
                case PNG -> png(in);
                case JPEG -> jpeg(in);
                case WEBP -> webp(in);
                case MP4, WEBM -> Optional.empty();
            };
        } catch (EOFException e) {
            return Optional.empty();
        }
    }

    /** {@code signature[8] length[4] "IHDR" width[4] height[4]}, big-endian (RFC 2083). */
    private static Optional<PictureSize> png(DataInputStream in) throws IOException {
        in.skipNBytes(12);
        if (in.readInt() != 0x49484452) {
            return Optional.empty();
        }
        return size(in.readInt(), in.readInt());
    }

    /**
     * Segments {@code FF marker length[2] …} until a frame header: {@code precision[1] height[2] width[2]} (ITU T.81).
     */
    private static Optional<PictureSize> jpeg(DataInputStream in) throws IOException {
        in.skipNBytes(2);
        for (int segment = 0; segment < MAX_JPEG_SEGMENTS; segment++) {
            if (in.readUnsignedByte() != 0xff) {
                return Optional.empty();
            }
            int marker = in.readUnsignedByte();
            while (marker == 0xff) {
                marker = in.readUnsignedByte();
            }
            int length = in.readUnsignedShort();
            boolean isFrame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
            if (isFrame) {
                in.skipNBytes(1);
                int height = in.readUnsignedShort();
                return size(in.readUnsignedShort(), height);
            }
            in.skipNBytes(Math.max(0, length - 2));
        }
        return Optional.empty();
    }

    /**
     * {@code "RIFF" size[4] "WEBP" chunk[4] size[4]}, then by chunk, little-endian (RFC 9649): {@code "VP8X" flags[4]
     * width-1[3] height-1[3]}, {@code "VP8L" 2f width-1:14 height-1:14}, {@code "VP8 " tag[3] 9d012a width:14
     * height:14}.
     */
    private static Optional<PictureSize> webp(DataInputStream in) throws IOException {
        in.skipNBytes(12);
        int chunk = in.readInt();
        in.skipNBytes(4);
        switch (chunk) {
            case 0x56503858:
                in.skipNBytes(4);
                int width = 1 + little(in, 3);
                return size(width, 1 + little(in, 3));
            case 0x5650384c:
                in.skipNBytes(1);
                int bits = little(in, 4);
                return size(1 + (bits & 0x3fff), 1 + (bits >>> 14 & 0x3fff));
            case 0x56503820:
                in.skipNBytes(6);
                int across = little(in, 2) & 0x3fff;
                return size(across, little(in, 2) & 0x3fff);
            default:
                return Optional.empty();
        }
    }

    private static int little(DataInputStream in, int bytes) throws IOException {
        int value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= in.readUnsignedByte() << 8 * i;
        }
        return value;
    }

    private static Optional<PictureSize> size(int width, int height) {
        // A negative number is one beyond 2³¹: as large as can be said.
        return width == 0 || height == 0
                ? Optional.empty()
                : Optional.of(new PictureSize(
                        width < 0 ? Integer.MAX_VALUE : width, height < 0 ? Integer.MAX_VALUE : height));
    }
}
