package dev.galatea.encoding.media;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Finds the first picture in a file that may hold several: a gain map or a view after the picture (Ultra HDR, MPO), the
 * frames of an animation, a video that a phone appended. Whatever comes after the first one is not shown to FFmpeg.
 */
final class FirstPicture {

    private static final int PNG_SIGNATURE = 8;
    private static final int IEND = 0x49454e44;
    private static final int COPY = 64 * 1024;
    /** Chunks of WebP, as little-endian text. */
    private static final int ANMF_HEADER = 16;

    private FirstPicture() {}

    /**
     * Gives a file with the first picture alone: the same one if it holds no other.
     *
     * @param beside the name of the file to make, if one is needed
     * @return as it is if it is broken: reading it will say so
     */
    static Still of(Path file, MediaFormat format, Path beside) throws IOException {
        return switch (format) {
            case JPEG -> new Still(cut(file, jpegEnd(file), beside), null);
            case PNG -> new Still(cut(file, pngEnd(file), beside), null);
            case WEBP -> webp(file, beside);
            case MP4, WEBM -> throw new IllegalArgumentException("format: is " + format + ", which is a video's");
        };
    }

    private static Path cut(Path file, long end, Path beside) throws IOException {
        if (end < 0 || end == Files.size(file)) {
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
     * the next marker that is neither a stuffed byte nor a restart.
     *
     * @return the number of bytes up to the end of the first picture; -1 if it has none
     */
    private static long jpegEnd(Path file) throws IOException {
        try (Counting in = new Counting(file)) {
            in.skipNBytes(2);
            int marker = in.nextMarker();
            while (marker != 0xd9) {
                boolean alone = marker == 0x01 || marker >= 0xd0 && marker <= 0xd8;
                if (!alone) {
                    in.skipNBytes(Math.max(0, in.readUnsignedShort() - 2));
                }
                marker = in.nextMarker();
            }
            return in.count;
        } catch (EOFException e) {
            return -1;
        }
    }

    /** {@code signature[8] (length[4] type[4] data[length] crc[4])*}, up to the chunk {@code IEND} (RFC 2083). */
    private static long pngEnd(Path file) throws IOException {
        try (Counting in = new Counting(file)) {
            in.skipNBytes(PNG_SIGNATURE);
            while (true) {
                long length = in.readInt() & 0xffffffffL;
                int type = in.readInt();
                in.skipNBytes(length + 4);
                if (type == IEND) {
                    return in.count;
                }
            }
        } catch (EOFException e) {
            return -1;
        }
    }

    /**
     * Rewrites the first frame of an animation as a picture: {@code "ANMF" size[4] x/2[3] y/2[3] width-1[3] height-1[3]
     * duration[3] flags[1] chunks} holds the chunks of a still one (RFC 9649).
     */
    private static Still webp(Path file, Path beside) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            byte[] head = in.readNBytes(12);
            long end = 8
                    + (ByteBuffer.wrap(head, 4, 4)
                                    .order(ByteOrder.LITTLE_ENDIAN)
                                    .getInt()
                            & 0xffffffffL);
            byte[] chunk = in.readNBytes(8);
            if (!name(chunk).equals("VP8X")) {
                return new Still(cut(file, Math.min(end, Files.size(file)), beside), null);
            }
            byte[] extended = in.readNBytes(10);
            boolean animated = extended.length == 10 && (extended[0] & 0x02) != 0;
            if (!animated) {
                return new Still(cut(file, Math.min(end, Files.size(file)), beside), null);
            }
            Optional<byte[]> frame = firstFrame(in);
            if (frame.isEmpty() || frame.get().length < ANMF_HEADER) {
                return new Still(file, null);
            }
            Files.write(beside, still(frame.get()));
            ByteBuffer at = ByteBuffer.wrap(frame.get()).order(ByteOrder.LITTLE_ENDIAN);
            return new Still(
                    beside,
                    new Still.Canvas(
                            1 + little(extended, 4),
                            1 + little(extended, 7),
                            2 * little(at.array(), 0),
                            2 * little(at.array(), 3)));
        }
    }

    /** The data of the first chunk {@code ANMF}. */
    private static Optional<byte[]> firstFrame(DataInputStream in) throws IOException {
        while (true) {
            byte[] chunk = in.readNBytes(8);
            if (chunk.length < 8) {
                return Optional.empty();
            }
            int length =
                    ByteBuffer.wrap(chunk, 4, 4).order(ByteOrder.LITTLE_ENDIAN).getInt();
            if (name(chunk).equals("ANMF")) {
                return length < 0 ? Optional.empty() : Optional.of(in.readNBytes(length));
            }
            try {
                in.skipNBytes((length & 0xffffffffL) + (length & 1));
            } catch (EOFException e) {
                return Optional.empty();
            }
        }
    }

    /** A still WebP of the chunks of a frame; one with separate alpha needs the header that says so. */
    private static byte[] still(byte[] frame) {
        byte[] chunks = Arrays.copyOfRange(frame, ANMF_HEADER, frame.length);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes("WEBP".getBytes(US_ASCII));
        if (chunks.length >= 4 && name(chunks).equals("ALPH")) {
            ByteBuffer header = ByteBuffer.allocate(18).order(ByteOrder.LITTLE_ENDIAN);
            header.put("VP8X".getBytes(US_ASCII)).putInt(10).put((byte) 0x10).put(new byte[3]);
            header.put(frame, 6, 6); // width - 1 and height - 1, as the frame has them
            body.writeBytes(header.array());
        }
        body.writeBytes(chunks);
        ByteBuffer riff = ByteBuffer.allocate(8 + body.size()).order(ByteOrder.LITTLE_ENDIAN);
        return riff.put("RIFF".getBytes(US_ASCII))
                .putInt(body.size())
                .put(body.toByteArray())
                .array();
    }

    private static String name(byte[] chunk) {
        return new String(chunk, 0, Math.min(4, chunk.length), US_ASCII);
    }

    private static int little(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16;
    }

    /** Counts the bytes that are read. */
    private static final class Counting implements AutoCloseable {

        private final InputStream in;
        private long count;

        Counting(Path file) throws IOException {
            this.in = new BufferedInputStream(Files.newInputStream(file), COPY);
        }

        int readUnsignedByte() throws IOException {
            int read = in.read();
            if (read < 0) {
                throw new EOFException();
            }
            count++;
            return read;
        }

        int readUnsignedShort() throws IOException {
            return readUnsignedByte() << 8 | readUnsignedByte();
        }

        int readInt() throws IOException {
            return readUnsignedShort() << 16 | readUnsignedShort();
        }

        void skipNBytes(long bytes) throws IOException {
            in.skipNBytes(bytes);
            count += bytes;
        }

        /** The next byte after FF that is neither a stuffed 0, nor a fill byte, nor a restart within a scan. */
        int nextMarker() throws IOException {
            int before = readUnsignedByte();
            while (true) {
                int read = readUnsignedByte();
                boolean marker = before == 0xff && read != 0x00 && read != 0xff && (read < 0xd0 || read > 0xd7);
                if (marker) {
                    return read;
                }
                before = read;
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
