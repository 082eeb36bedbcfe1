package dev.galatea.encoding.media;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The chunks of a PNG, {@code signature[8] (length[4] type[4] data[length] crc[4])*} up to {@code IEND} (RFC 2083), and
 * whether they hold what the header announces: FFmpeg shows black where pixels are missing, and says nothing.
 */
final class PngPicture {

    private static final int SIGNATURE = 8;
    private static final int IHDR = 0x49484452;
    private static final int PLTE = 0x504c5445;
    private static final int TRNS = 0x74524e53;
    private static final int IDAT = 0x49444154;
    private static final int IEND = 0x49454e44;
    private static final int CRC = 4;
    private static final int BUFFER = 64 * 1024;

    private static final int GREY = 0;
    private static final int PALETTE = 3;
    /** The sevenths of an interlaced picture: first column and row, distance of columns and rows. */
    private static final int[][] ADAM7 = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private final Inflater inflater = new Inflater();
    private final byte[] packed = new byte[BUFFER];
    private final byte[] pixels = new byte[BUFFER];
    private Header header = new Header(0, 0, 0, 0, false);
    private boolean palette;
    /** Set once the data can't be unpacked: FFmpeg says what is wrong with them. */
    private boolean broken;

    private PngPicture() {}

    /**
     * Returns the number of bytes up to the end of the picture.
     *
     * @throws MediaRefusedException if pixels, the palette or the end are missing
     */
    static long end(Path file) throws IOException, MediaRefusedException {
        PngPicture picture = new PngPicture();
        try (CountingInput in = new CountingInput(file)) {
            return picture.walk(in);
        } catch (EOFException e) {
            throw new MediaRefusedException("media_broken", "is cut: it has no end");
        } finally {
            picture.inflater.end();
        }
    }

    private long walk(CountingInput in) throws IOException, MediaRefusedException {
        in.skipNBytes(SIGNATURE);
        while (true) {
            long length = in.readInt() & 0xffffffffL;
            int type = in.readInt();
            switch (type) {
                case IHDR -> length -= readHeader(in, length);
                case PLTE -> palette = true;
                case TRNS -> requireDepth();
                case IDAT -> length -= unpack(in, length);
                default -> {}
            }
            in.skipNBytes(length + CRC);
            if (type == IEND) {
                requireWhole();
                return in.count();
            }
        }
    }

    private long readHeader(CountingInput in, long length) throws IOException {
        if (length < Header.BYTES) {
            return 0;
        }
        int width = in.readInt();
        int height = in.readInt();
        int depth = in.readUnsignedByte();
        int colour = in.readUnsignedByte();
        in.skipNBytes(2);
        header = new Header(width, height, depth, colour, in.readUnsignedByte() == 1);
        return Header.BYTES;
    }

    /** FFmpeg does not know transparency in grey pictures of fewer than eight bits. */
    private void requireDepth() throws MediaRefusedException {
        if (header.colour == GREY && header.depth < 8) {
            throw new MediaRefusedException(
                    "media_not_supported",
                    "has transparency in grey of depth " + header.depth + "; valid are depths of 8 and 16");
        }
    }

    /** Counts the bytes of pixels in a chunk; returns how many bytes of it were read. */
    private long unpack(CountingInput in, long length) throws IOException, MediaRefusedException {
        if (header.colour == PALETTE && !palette) {
            throw new MediaRefusedException("media_broken", "has colours of a palette, and no palette before them");
        }
        long read = 0;
        while (read < length && !isWhole()) {
            int part = (int) Math.min(packed.length, length - read);
            in.readFully(packed, part);
            read += part;
            unpack(part);
        }
        return read;
    }

    private void unpack(int bytes) {
        inflater.setInput(packed, 0, bytes);
        try {
            while (!isWhole() && inflater.inflate(pixels) > 0) {
                // what counts is how much it was
            }
        } catch (DataFormatException e) {
            broken = true;
        }
    }

    private boolean isWhole() {
        return broken || inflater.getBytesWritten() >= header.bytes();
    }

    private void requireWhole() throws MediaRefusedException {
        if (!isWhole()) {
            throw new MediaRefusedException(
                    "media_broken",
                    "is cut: it holds " + inflater.getBytesWritten() + " of " + header.bytes() + " bytes of pixels");
        }
    }

    /**
     * The chunk {@code IHDR}.
     *
     * @param depth bits of a channel
     * @param colour the number of a kind of colours
     */
    private record Header(int width, int height, int depth, int colour, boolean interlaced) {

        static final int BYTES = 13;

        /** Bytes of pixels, with one for the filter before each row; 0 if the kind of colours is not known. */
        long bytes() {
            if (!interlaced) {
                return bytes(width, height);
            }
            long sum = 0;
            for (int[] pass : ADAM7) {
                sum += bytes((width - pass[0] + pass[2] - 1) / pass[2], (height - pass[1] + pass[3] - 1) / pass[3]);
            }
            return sum;
        }

        private long bytes(long columns, long rows) {
            return columns <= 0 || rows <= 0 ? 0 : rows * (1 + (columns * bits() + 7) / 8);
        }

        private int bits() {
            return depth
                    * switch (colour) {
                        case GREY, PALETTE -> 1;
                        case 2 -> 3;
                        case 4 -> 2;
                        case 6 -> 4;
                        default -> 0;
                    };
        }
    }
}
