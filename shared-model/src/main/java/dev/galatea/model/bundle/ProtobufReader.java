package dev.galatea.model.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import dev.galatea.model.bundle.OnnxExternalData.MalformedModelException;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A cursor over a file in protobuf's wire format, with a buffer of fixed size: what is skipped is not read. Everything
 * that reaches beyond its message is refused. Not thread-safe; to be closed.
 *
 * <pre>
 * message := field*
 * field   := tag value                  tag = number &lt;&lt; 3 | type, as a varint of 32 bits
 * value   := varint                     type 0
 *          | 8 bytes                    type 1
 *          | length byte[length]        type 2, length a varint
 *          | 4 bytes                    type 5; groups (types 3 and 4) are obsolete and refused
 * </pre>
 */
final class ProtobufReader implements AutoCloseable {

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int MAX_VARINT_BYTES = 10;

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;

    private final FileChannel channel;
    private final long length;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();
    /** The position in the file at which the buffer ends. */
    private long bufferEnd;

    private ProtobufReader(FileChannel channel, long length) {
        this.channel = channel;
        this.length = length;
    }

    /**
     * A field whose value begins at the cursor; a varint is already read.
     *
     * @param varint the value of a varint, 0 for other types
     */
    record Field(int number, int type, long end, long varint) {

        boolean isLengthDelimited() {
            return type == LENGTH_DELIMITED;
        }

        boolean isVarint() {
            return type == VARINT;
        }
    }

    static ProtobufReader open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        return new ProtobufReader(channel, channel.size());
    }

    long length() {
        return length;
    }

    long position() {
        return bufferEnd - buffer.remaining();
    }

    /** Reads tag and, if there is one, length; the value must end by {@code messageEnd}. */
    Field readField(long messageEnd) throws IOException, MalformedModelException {
        long tag = readVarint();
        int number = (int) (tag >>> 3);
        int type = (int) (tag & 7);
        if (tag >>> 32 != 0 || number == 0) {
            throw malformed("field number " + (tag >>> 3) + " is not valid");
        }
        long varint = type == VARINT ? readVarint() : 0;
        long end =
                switch (type) {
                    case VARINT -> position();
                    case FIXED64 -> position() + Long.BYTES;
                    case FIXED32 -> position() + Integer.BYTES;
                    case LENGTH_DELIMITED -> endOfLengthDelimited(messageEnd);
                    default -> throw malformed("wire type " + type + " is not valid; valid are 0, 1, 2 and 5");
                };
        if (end > messageEnd) {
            throw malformed("a field ends at byte " + end + ", its message at " + messageEnd);
        }
        return new Field(number, type, end, varint);
    }

    private long endOfLengthDelimited(long messageEnd) throws IOException, MalformedModelException {
        long bytes = readVarint();
        if (bytes < 0 || bytes > messageEnd - position()) {
            throw malformed(
                    "a field has " + Long.toUnsignedString(bytes) + " bytes, its message ends at " + messageEnd);
        }
        return position() + bytes;
    }

    /** Moves on; what is beyond the buffer is not read. */
    void skipTo(long position) throws IOException {
        long ahead = position - position();
        if (ahead <= buffer.remaining()) {
            buffer.position(buffer.position() + (int) ahead);
            return;
        }
        channel.position(position);
        bufferEnd = position;
        buffer.limit(0);
    }

    /** The text up to {@code end}, if it is not longer than {@code maxBytes}. */
    String readText(long end, int maxBytes) throws IOException, MalformedModelException {
        long bytes = end - position();
        if (bytes > maxBytes) {
            throw malformed("a text has " + bytes + " bytes; valid are up to " + maxBytes);
        }
        byte[] text = new byte[(int) bytes];
        for (int i = 0; i < text.length; i++) {
            text[i] = readByte();
        }
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
        } catch (CharacterCodingException e) {
            throw malformed("a text is not UTF-8");
        }
    }

    private long readVarint() throws IOException, MalformedModelException {
        long value = 0;
        for (int i = 0; i < MAX_VARINT_BYTES; i++) {
            byte b = readByte();
            value |= (long) (b & 0x7f) << (7 * i);
            if (b >= 0) {
                return value;
            }
        }
        throw malformed("a varint has more than " + MAX_VARINT_BYTES + " bytes");
    }

    private byte readByte() throws IOException, MalformedModelException {
        while (!buffer.hasRemaining()) {
            buffer.clear();
            int n = channel.read(buffer);
            buffer.flip();
            if (n < 0) {
                throw malformed("the file ends within a field");
            }
            bufferEnd += n;
        }
        return buffer.get();
    }

    MalformedModelException malformed(String reason) {
        return new MalformedModelException(position(), reason);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
