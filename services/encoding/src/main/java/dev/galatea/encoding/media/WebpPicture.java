package dev.galatea.encoding.media;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The chunks {@code name[4] size[4] data[size] pad} of an extended WebP (RFC 9649), little-endian, and the still
 * picture that can be made of them: the picture or the first frame of the animation, and which way up it is shown.
 */
final class WebpPicture {

    private static final int CHUNK = 8;
    private static final int EXTENDED = 10;
    /** {@code x/2[3] y/2[3] width-1[3] height-1[3] duration[3] flags[1]}, and then the chunks of a still picture. */
    private static final int FRAME = 16;

    private static final byte ANIMATED = 0x02;
    private static final byte WITH_ALPHA = 0x10;
    private static final byte WITH_EXIF = 0x08;
    /** What writers put before EXIF data that they took out of a JPEG, and what FFmpeg does not expect. */
    private static final byte[] EXIF_OF_JPEG = "Exif\0\0".getBytes(US_ASCII);

    private final ByteBuffer extended;
    private byte[] frame = new byte[0];
    private byte[] exif = new byte[0];

    private WebpPicture(byte[] extended) {
        this.extended = ByteBuffer.wrap(extended).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Rewrites the first frame of an animation as a picture, and EXIF data as FFmpeg expects them.
     *
     * @param end where the picture ends by its header
     * @return null if there is nothing to rewrite
     */
    static @Nullable Still rewritten(Path file, long end, Path beside) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            in.skipNBytes(12);
            byte[] chunk = in.readNBytes(CHUNK);
            byte[] header = in.readNBytes(EXTENDED);
            if (!name(chunk).equals("VP8X") || header.length < EXTENDED) {
                return null;
            }
            WebpPicture picture = new WebpPicture(header);
            if ((header[0] & (ANIMATED | WITH_EXIF)) == 0) {
                return null;
            }
            picture.read(in, end - 12 - CHUNK - EXTENDED);
            return picture.write(beside);
        } catch (EOFException e) {
            return null; // reading it will say so
        }
    }

    private boolean isAnimated() {
        return (extended.get(0) & ANIMATED) != 0;
    }

    /** Takes what makes the picture, and leaves profiles, other frames and other people's chunks. */
    private void read(DataInputStream in, long left) throws IOException {
        ByteArrayOutputStream still = new ByteArrayOutputStream();
        while (left >= CHUNK) {
            byte[] head = in.readNBytes(CHUNK);
            if (head.length < CHUNK) {
                break;
            }
            long size = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt(4) & 0xffffffffL;
            long padded = size + (size & 1);
            left -= CHUNK + padded;
            switch (name(head)) {
                case "ANMF" -> frame = frame.length == 0 ? data(in, size, padded) : skipped(in, padded, frame);
                case "EXIF" -> exif = data(in, size, padded);
                case "ALPH", "VP8 ", "VP8L" -> {
                    still.writeBytes(head);
                    still.writeBytes(data(in, padded, padded));
                }
                default -> in.skipNBytes(padded);
            }
        }
        if (!isAnimated()) {
            byte[] whole = new byte[FRAME];
            System.arraycopy(extended.array(), 4, whole, 6, 6); // width - 1 and height - 1
            frame = join(whole, still.toByteArray());
        }
    }

    private static byte[] data(DataInputStream in, long size, long padded) throws IOException {
        if (size > Integer.MAX_VALUE - CHUNK) {
            throw new EOFException();
        }
        byte[] data = in.readNBytes((int) size);
        if (data.length == size && padded > size) {
            in.read(); // a last one is often left out
        }
        return data;
    }

    private static byte[] skipped(DataInputStream in, long bytes, byte[] instead) throws IOException {
        in.skipNBytes(bytes);
        return instead;
    }

    private @Nullable Still write(Path beside) throws IOException {
        if (frame.length <= FRAME) {
            return null;
        }
        byte[] chunks = Arrays.copyOfRange(frame, FRAME, frame.length);
        byte[] orientation =
                startsWith(exif, EXIF_OF_JPEG) ? Arrays.copyOfRange(exif, EXIF_OF_JPEG.length, exif.length) : exif;
        boolean alpha = name(chunks).equals("ALPH");
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes("WEBP".getBytes(US_ASCII));
        if (alpha || orientation.length > 0) {
            byte[] header = new byte[EXTENDED];
            header[0] = (byte) ((alpha ? WITH_ALPHA : 0) | (orientation.length > 0 ? WITH_EXIF : 0));
            System.arraycopy(frame, 6, header, 4, 6);
            body.writeBytes(chunk("VP8X", header));
        }
        body.writeBytes(chunks);
        if (orientation.length > 0) {
            body.writeBytes((chunks.length & 1) == 0 ? new byte[0] : new byte[1]);
            body.writeBytes(chunk("EXIF", orientation));
        }
        Files.write(beside, chunk("RIFF", body.toByteArray()));
        return new Still(beside, isAnimated() ? canvas() : null);
    }

    private Still.Canvas canvas() {
        return new Still.Canvas(
                1 + little(extended.array(), 4),
                1 + little(extended.array(), 7),
                2 * little(frame, 0),
                2 * little(frame, 3));
    }

    private static byte[] chunk(String name, byte[] data) {
        ByteBuffer chunk =
                ByteBuffer.allocate(CHUNK + data.length + (data.length & 1)).order(ByteOrder.LITTLE_ENDIAN);
        return chunk.put(name.getBytes(US_ASCII)).putInt(data.length).put(data).array();
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static boolean startsWith(byte[] bytes, byte[] beginning) {
        return bytes.length >= beginning.length
                && Arrays.equals(bytes, 0, beginning.length, beginning, 0, beginning.length);
    }

    private static String name(byte[] chunk) {
        return new String(chunk, 0, Math.min(4, chunk.length), US_ASCII);
    }

    private static int little(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16;
    }
}
