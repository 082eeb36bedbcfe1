package dev.galatea.encoding.media;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Finds the first picture in a file that may hold several: a gain map or a view after the picture (Ultra HDR, MPO), the
 * frames of an animation, a video that a phone appended. Whatever comes after the first one is not shown to FFmpeg.
 */
final class FirstPicture {

    private static final int COPY = 64 * 1024;

    private FirstPicture() {}

    /**
     * Gives a file with the first picture alone: the same one if it holds no other.
     *
     * @param beside the name of the file to make, if one is needed
     * @return as it is if it is broken in a way that reading it will tell
     * @throws MediaRefusedException if the picture has no end, or fewer pixels than it announces
     */
    static Still of(Path file, MediaFormat format, Path beside) throws IOException, MediaRefusedException {
        return switch (format) {
            case JPEG -> new Still(cut(file, jpegEnd(file), beside), null);
            case PNG -> new Still(cut(file, PngPicture.end(file), beside), null);
            case WEBP -> webp(file, beside);
            case MP4, WEBM -> throw new IllegalArgumentException("format: is " + format + ", which is a video's");
        };
    }

    private static Path cut(Path file, long end, Path beside) throws IOException {
        if (end == Files.size(file)) {
            return file;
        }
        try (InputStream in = Files.newInputStream(file);
                var out = Files.newOutputStream(beside)) {
            byte[] buffer = new byte[COPY];
            long left = end;
            while (left > 0) {
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (read < 0) {
                    break;
                }
                out.write(buffer, 0, read);
                left -= read;
            }
        }
        return beside;
    }

    /**
     * Walks markers to the end of the image (ITU T.81, annex B): segments have a length; the data of a scan go on to
     * the next marker that is neither a stuffed byte nor a restart. FFmpeg takes a picture without its end as it is:
     * the last rows, or the finer scans of a progressive one, may be missing.
     *
     * @return the number of bytes up to the end of the first picture
     */
    private static long jpegEnd(Path file) throws IOException, MediaRefusedException {
        try (CountingInput in = new CountingInput(file)) {
            in.skipNBytes(2);
            int marker = nextMarker(in);
            while (marker != 0xd9) {
                boolean alone = marker == 0x01 || marker >= 0xd0 && marker <= 0xd8;
                if (!alone) {
                    in.skipNBytes(Math.max(0, in.readUnsignedShort() - 2));
                }
                marker = nextMarker(in);
            }
            return in.count();
        } catch (EOFException e) {
            throw new MediaRefusedException("media_broken", "is cut: it has no end");
        }
    }

    /** The next byte after FF that is neither a stuffed 0, nor a fill byte, nor a restart within a scan. */
    private static int nextMarker(CountingInput in) throws IOException {
        int before = in.readUnsignedByte();
        while (true) {
            int read = in.readUnsignedByte();
            boolean marker = before == 0xff && read != 0x00 && read != 0xff && (read < 0xd0 || read > 0xd7);
            if (marker) {
                return read;
            }
            before = read;
        }
    }

    /** {@code "RIFF" size[4] "WEBP" chunks} (RFC 9649). */
    private static Still webp(Path file, Path beside) throws IOException, MediaRefusedException {
        long length = Files.size(file);
        long end;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            in.skipNBytes(4);
            end = 8 + (Integer.reverseBytes(in.readInt()) & 0xffffffffL);
        }
        long missing = end - length;
        if (missing > 1) { // the byte that makes the last chunk even is often left out
            throw new MediaRefusedException(
                    "media_broken", "is cut: it has " + length + " bytes, and " + missing + " more are announced");
        }
        Still rewritten = WebpPicture.rewritten(file, end, beside);
        return rewritten == null ? new Still(cut(file, Math.min(end, length), beside), null) : rewritten;
    }
}
