package dev.galatea.model.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads and writes safetensors files, from the public description of the format. Thread-safe: no state.
 *
 * <pre>
 * file      := length header data
 * length    := u64, little-endian                 bytes of header, at most {@link #MAX_HEADER_BYTES} here
 * header    := JSON object in UTF-8, begins with '{', may end with spaces; no key twice
 *              { "__metadata__": {text: text, …}?, name: entry, … }
 * entry     := { "dtype": dtype, "shape": [u64, …], "data_offsets": [begin, end] }
 * dtype     := "F32" | "F16" | "BF16" | "I64"     others of the format are refused by name
 * data      := the tensors' bytes; begin and end count from its first byte
 * </pre>
 *
 * The rules that a file must keep, which are checked before any of its values is used: {@code end − begin} is dtype ×
 * shape; in order of begin, each tensor begins where the one before ends, the first at 0; the last one ends where the
 * file ends. So there are no holes, no overlaps, and nothing outside.
 *
 * <p>The writer is deterministic, and makes the same bytes as the reference implementation: widest elements first, then
 * by name, so that every tensor is aligned to its elements; the header is padded with spaces until data begins at a
 * multiple of {@link #ALIGNMENT}. Metadata is written in order of its keys.
 *
 * @see <a href="https://huggingface.co/docs/safetensors/index#format">Format description</a>
 */
public final class SafeTensors {

    /** A longer header is refused before it is read; the largest that we know of has about 100 KiB. */
    public static final int MAX_HEADER_BYTES = 1 << 20;

    static final int LENGTH_OFFSET = 0;
    static final int LENGTH_BYTES = Long.BYTES;
    static final int HEADER_OFFSET = LENGTH_OFFSET + LENGTH_BYTES;
    static final int ALIGNMENT = 8;
    static final byte HEADER_START = '{';
    static final byte PADDING = ' ';

    static final String METADATA = "__metadata__";
    static final String DTYPE = "dtype";
    static final String SHAPE = "shape";
    static final String DATA_OFFSETS = "data_offsets";

    private SafeTensors() {}

    /**
     * Reads a whole file. The tensors are views of {@code bytes}, whose ownership passes to them.
     *
     * @throws MalformedTensorException if the bytes are not a well-formed file; nothing else is thrown for any bytes
     */
    public static SafeTensorsFile read(byte[] bytes) throws MalformedTensorException {
        int headerBytes = headerBytes(bytes);
        SafeTensorsHeader header = SafeTensorsHeader.parse(bytes, HEADER_OFFSET, headerBytes);
        int dataOffset = HEADER_OFFSET + headerBytes;
        List<SafeTensorsHeader.Entry> entries = header.inOrderOfData(dataOffset, bytes.length - dataOffset);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (SafeTensorsHeader.Entry entry : entries) {
            int begin = dataOffset + Math.toIntExact(entry.begin());
            ByteBuffer data = ByteBuffer.wrap(bytes, begin, Math.toIntExact(entry.end() - entry.begin()));
            tensors.put(entry.name(), Tensor.of(entry.dtype(), entry.dimensions(), data));
        }
        return new SafeTensorsFile(tensors, header.metadata());
    }

    /** The bytes of a file; the same content gives the same bytes. */
    public static byte[] write(SafeTensorsFile file) {
        List<Map.Entry<String, Tensor>> ordered = SafeTensorsHeader.inOrderOfWriting(file.tensors());
        byte[] header = SafeTensorsHeader.write(ordered, file.metadata());
        if (header.length > MAX_HEADER_BYTES) {
            throw new IllegalArgumentException("the header would have " + header.length + " bytes; valid are up to "
                    + MAX_HEADER_BYTES + ": use fewer tensors, or less metadata");
        }
        long size = HEADER_OFFSET + header.length;
        for (Map.Entry<String, Tensor> entry : ordered) {
            size = Math.addExact(size, entry.getValue().bytes().remaining());
        }
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(header.length).put(header);
        for (Map.Entry<String, Tensor> entry : ordered) {
            out.put(entry.getValue().bytes());
        }
        return out.array();
    }

    private static int headerBytes(byte[] bytes) throws MalformedTensorException {
        if (bytes.length < HEADER_OFFSET) {
            throw new MalformedTensorException(
                    bytes.length, "the file ends within the header's length; valid are at least 8 bytes");
        }
        long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(LENGTH_OFFSET);
        if (length < 0 || length > MAX_HEADER_BYTES) {
            throw new MalformedTensorException(
                    LENGTH_OFFSET,
                    "the header's length is " + Long.toUnsignedString(length) + "; valid are up to "
                            + MAX_HEADER_BYTES);
        }
        if (length > bytes.length - HEADER_OFFSET) {
            throw new MalformedTensorException(
                    bytes.length,
                    "the file ends within the header, which has " + length + " bytes; there are "
                            + (bytes.length - HEADER_OFFSET));
        }
        return (int) length;
    }
}
