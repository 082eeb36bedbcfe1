package dev.galatea.encoding.media;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a file from its beginning, big-endian, and counts the bytes. Every method throws EOFException at the end. */
final class CountingInput implements AutoCloseable {

    private static final int BUFFER = 64 * 1024;

    private final InputStream in;
    private long count;

    CountingInput(Path file) throws IOException {
        this.in = new BufferedInputStream(Files.newInputStream(file), BUFFER);
    }

    long count() {
        return count;
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

    /** Fills the beginning of a buffer. */
    void readFully(byte[] buffer, int length) throws IOException {
        if (in.readNBytes(buffer, 0, length) < length) {
            throw new EOFException();
        }
        count += length;
    }

    void skipNBytes(long bytes) throws IOException {
        in.skipNBytes(bytes);
        count += bytes;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
