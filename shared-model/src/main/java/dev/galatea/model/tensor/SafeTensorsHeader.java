package dev.galatea.model.tensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The header of a safetensors file: see the grammar in {@link SafeTensors}. */
final class SafeTensorsHeader {

    private static final JsonFactory JSON = new JsonFactory();

    private final List<Entry> entries;
    private final Map<String, String> metadata;

    private SafeTensorsHeader(List<Entry> entries, Map<String, String> metadata) {
        this.entries = entries;
        this.metadata = metadata;
    }

    /** The header's entry of one tensor; {@code begin} and {@code end} count from the start of the data. */
    record Entry(String name, DType dtype, List<Long> shape, long begin, long end) {

        long[] dimensions() {
            return shape.stream().mapToLong(Long::longValue).toArray();
        }

        /** Bytes that dtype and shape need. */
        long size() {
            long size = dtype.bytes();
            // A dimension of 0 makes the tensor empty, however large the others are.
            if (shape.contains(0L)) {
                return 0;
            }
            for (long dimension : shape) {
                size = Math.multiplyExact(size, dimension);
            }
            return size;
        }
    }

    Map<String, String> metadata() {
        return metadata;
    }

    static SafeTensorsHeader parse(byte[] file, int offset, int length) throws MalformedTensorException {
        requireText(file, offset, length);
        try (SafeTensorsHeaderParser parser = new SafeTensorsHeaderParser(file, offset, length)) {
            Map<String, String> metadata = new LinkedHashMap<>();
            List<Entry> entries = new ArrayList<>();
            parser.parse(entries, metadata);
            return new SafeTensorsHeader(entries, metadata);
        }
    }

    /** The entries by their place in the data, once it is certain that they fill it exactly. */
    List<Entry> inOrderOfData(int dataOffset, int dataBytes) throws MalformedTensorException {
        List<Entry> ordered = new ArrayList<>(entries);
        ordered.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long expected = 0;
        for (Entry entry : ordered) {
            if (entry.begin() != expected) {
                throw new MalformedTensorException(
                        dataOffset + Math.min(entry.begin(), dataBytes),
                        "tensor '" + entry.name() + "' begins at " + entry.begin()
                                + " of the data, but the one before ends at " + expected + "; they must be equal");
            }
            requireSize(entry, dataOffset, dataBytes);
            expected = entry.end();
        }
        if (expected != dataBytes) {
            throw new MalformedTensorException(
                    dataOffset + expected,
                    "the last tensor ends at " + expected + " of the data, which has " + dataBytes
                            + " bytes; they must be equal");
        }
        return ordered;
    }

    private static void requireSize(Entry entry, int dataOffset, int dataBytes) throws MalformedTensorException {
        if (entry.end() < entry.begin() || entry.end() > dataBytes) {
            throw new MalformedTensorException(
                    dataOffset + entry.begin(),
                    "tensor '" + entry.name() + "' ends at " + entry.end() + " of the data; valid are " + entry.begin()
                            + " to " + dataBytes);
        }
        long needed;
        try {
            needed = entry.size();
        } catch (ArithmeticException e) {
            throw new MalformedTensorException(
                    dataOffset + entry.begin(),
                    "tensor '" + entry.name() + "' of shape " + entry.shape() + " is longer than any file",
                    e);
        }
        if (needed != entry.end() - entry.begin()) {
            throw new MalformedTensorException(
                    dataOffset + entry.begin(),
                    "tensor '" + entry.name() + "' " + entry.dtype() + entry.shape() + " needs " + needed
                            + " bytes, it has " + (entry.end() - entry.begin()));
        }
    }

    /** UTF-8 without NUL, from an opening brace: so a JSON parser can't take it for another encoding. */
    private static void requireText(byte[] file, int offset, int length) throws MalformedTensorException {
        if (length == 0 || file[offset] != SafeTensors.HEADER_START) {
            throw new MalformedTensorException(offset, "the header must begin with '{'");
        }
        for (int i = offset; i < offset + length; i++) {
            if (file[i] == 0) {
                throw new MalformedTensorException(i, "the header has a NUL; valid is JSON, padded with spaces");
            }
        }
        ByteBuffer text = ByteBuffer.wrap(file, offset, length);
        try {
            UTF_8.newDecoder().decode(text);
        } catch (CharacterCodingException e) {
            throw new MalformedTensorException(text.position(), "the header is not UTF-8", e);
        }
    }

    /** Widest elements first, as in the reference implementation, which ranks I64 over F32 over BF16 over F16. */
    static List<Map.Entry<String, Tensor>> inOrderOfWriting(Map<String, Tensor> tensors) {
        List<Map.Entry<String, Tensor>> ordered = new ArrayList<>(tensors.entrySet());
        ordered.sort(Comparator.<Map.Entry<String, Tensor>>comparingInt(
                        entry -> rank(entry.getValue().dtype()))
                .thenComparing(entry -> entry.getKey().getBytes(UTF_8), java.util.Arrays::compareUnsigned));
        return ordered;
    }

    private static int rank(DType dtype) {
        return switch (dtype) {
            case I64 -> 0;
            case F32 -> 1;
            case BF16 -> 2;
            case F16 -> 3;
        };
    }

    static byte[] write(List<Map.Entry<String, Tensor>> ordered, Map<String, String> metadata) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(SafeTensors.METADATA);
                for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            long offset = 0;
            for (Map.Entry<String, Tensor> entry : ordered) {
                long end = offset + entry.getValue().bytes().remaining();
                writeEntry(json, entry.getKey(), entry.getValue(), offset, end);
                offset = end;
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written to", e);
        }
        while (out.size() % SafeTensors.ALIGNMENT != 0) {
            out.write(SafeTensors.PADDING);
        }
        return out.toByteArray();
    }

    private static void writeEntry(JsonGenerator json, String name, Tensor tensor, long begin, long end)
            throws IOException {
        long[] shape = tensor.shape();
        json.writeObjectFieldStart(name);
        json.writeStringField(SafeTensors.DTYPE, tensor.dtype().name());
        json.writeFieldName(SafeTensors.SHAPE);
        json.writeArray(shape, 0, shape.length);
        json.writeFieldName(SafeTensors.DATA_OFFSETS);
        json.writeArray(new long[] {begin, end}, 0, 2);
        json.writeEndObject();
    }
}
