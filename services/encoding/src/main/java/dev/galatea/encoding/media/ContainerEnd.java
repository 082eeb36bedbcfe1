package dev.galatea.encoding.media;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Finds videos that are cut: whose container announces more bytes than the file has. FFmpeg reads such a file as a
 * shorter video, and says nothing if the cut lies between two pictures. What announces no length, as recorders do that
 * write while they record, is whole wherever it ends between two elements.
 */
final class ContainerEnd {

    /** More than people's files have; the rest is not looked at. */
    private static final int MOST_ELEMENTS = 1_000_000;

    private static final Set<Integer> BOXES_WITH_PICTURES =
            Set.of(0x6d6f6f76 /* moov */, 0x6d6f6f66 /* moof */, 0x6d646174 /* mdat */);
    private static final int BOX_HEADER = 8;
    private static final int LONG_BOX_HEADER = 16;

    private static final long SEGMENT = 0x18538067L;
    private static final int LONGEST_ID = 4;
    private static final int LONGEST_SIZE = 8;
    private static final long UNKNOWN = -1;
    private static final Set<Long> ELEMENTS_WITH_PICTURES =
            Set.of(SEGMENT, 0x1F43B675L /* Cluster */, 0xA3L /* SimpleBlock */, 0xA0L /* BlockGroup */);

    private ContainerEnd() {}

    /** Refuses a file that ends before its container does. */
    static void require(Path file, MediaFormat format) throws IOException, MediaRefusedException {
        long length = Files.size(file);
        long missing;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            missing = format == MediaFormat.MP4 ? boxes(in, length) : elements(in, length);
        }
        if (missing > 0) {
            throw new MediaRefusedException(
                    "media_broken",
                    "is cut: it has " + length + " bytes, and " + missing + " more are announced at least");
        }
    }

    /**
     * Walks the boxes {@code size[4] type[4] (size[8] if size = 1) …} of an ISO file (ISO/IEC 14496-12, 4.2); a size of
     * 0 means to the end of the file. Only boxes with pictures, or with what describes them, are missed.
     *
     * @return the number of bytes that are missing; 0 if none are
     */
    private static long boxes(DataInputStream in, long length) throws IOException {
        long at = 0;
        for (int box = 0; box < MOST_ELEMENTS && at + BOX_HEADER <= length; box++) {
            long size = in.readInt() & 0xffffffffL;
            int type = in.readInt();
            int header = BOX_HEADER;
            if (size == 1 && at + LONG_BOX_HEADER <= length) {
                size = in.readLong();
                header = LONG_BOX_HEADER;
            }
            boolean open = size == 0;
            boolean senseless = size < header;
            if (open || senseless) {
                return 0;
            }
            if (size > length - at) {
                return BOXES_WITH_PICTURES.contains(type) ? size - (length - at) : 0;
            }
            in.skipNBytes(size - header);
            at += size;
        }
        return 0;
    }

    /**
     * Walks the elements of a Matroska file (RFC 9559). The segment says how long it is, and then nothing else counts;
     * one of unknown size is entered, and so are clusters of unknown size.
     *
     * @return the number of bytes that are missing; 0 if none are
     */
    private static long elements(DataInputStream in, long length) throws IOException {
        long at = 0;
        for (int number = 0; number < MOST_ELEMENTS && at < length; number++) {
            Element element = Element.read(in, length - at);
            if (element == null) {
                return 0;
            }
            at += element.header;
            long left = length - at;
            if (left < 0 || element.size > left) {
                return ELEMENTS_WITH_PICTURES.contains(element.id) ? Math.max(1, element.size - left) : 0;
            }
            if (element.id == SEGMENT && element.size != UNKNOWN) {
                return 0;
            }
            long size = Math.max(0, element.size);
            in.skipNBytes(size);
            at += size;
        }
        return 0;
    }

    /**
     * The beginning {@code id size} of an element (RFC 8794).
     *
     * @param id with the bits that say how long it is
     * @param header bytes of id and size
     * @param size bytes of what follows; {@link #UNKNOWN} if that is not said
     */
    private record Element(long id, int header, long size) {

        /** Reads one; null if there is none, but somebody's addition to the file. */
        static @Nullable Element read(DataInputStream in, long left) throws IOException {
            int first = in.readUnsignedByte();
            int idBytes = bytes(first);
            if (idBytes > Math.min(LONGEST_ID, left)) {
                return null;
            }
            long id = number(in, first, idBytes);
            if (idBytes == left) {
                return new Element(id, idBytes + 1, 0);
            }
            int second = in.readUnsignedByte();
            int header = idBytes + bytes(second);
            if (bytes(second) > LONGEST_SIZE) {
                return null;
            }
            return new Element(id, header, header > left ? 0 : length(in, second, header - idBytes));
        }
    }

    /**
     * The length of a number by its first byte: one more than there are zeros before the first one; 9 if it has none.
     */
    private static int bytes(int first) {
        return Integer.numberOfLeadingZeros(first) - 23;
    }

    private static long number(DataInputStream in, int first, int bytes) throws IOException {
        long value = first;
        for (int i = 1; i < bytes; i++) {
            value = value << 8 | in.readUnsignedByte();
        }
        return value;
    }

    /** A size is a number without the bit that says how long it is; all ones mean that it is not known. */
    private static long length(DataInputStream in, int first, int bytes) throws IOException {
        long ones = (1L << 7 * bytes) - 1;
        long size = number(in, first, bytes) & ones;
        return size == ones ? UNKNOWN : size;
    }
}
