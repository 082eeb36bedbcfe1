package dev.galatea.model.tensor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import org.jspecify.annotations.Nullable;

/** Reads the JSON of a header token by token: what the grammar does not have is refused where it stands. */
final class SafeTensorsHeaderParser implements AutoCloseable {

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final int offset;
    private final JsonParser json;

    SafeTensorsHeaderParser(byte[] file, int offset, int length) throws MalformedTensorException {
        this.offset = offset;
        try {
            this.json = JSON.createParser(file, offset, length);
        } catch (IOException e) {
            throw new MalformedTensorException(offset, "the header is not JSON", e);
        }
    }

    void parse(List<SafeTensorsHeader.Entry> entries, Map<String, String> metadata) throws MalformedTensorException {
        try {
            expect(JsonToken.START_OBJECT, "an object");
            while (next() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                expect(JsonToken.START_OBJECT, "an object under '" + name + "'");
                if (name.equals(SafeTensors.METADATA)) {
                    readMetadata(metadata);
                } else {
                    entries.add(readEntry(name));
                }
            }
            if (json.nextToken() != null) {
                throw malformed("the header goes on after its object; valid are spaces");
            }
        } catch (JsonProcessingException e) {
            // The parser's own message would repeat parts of the header.
            long at = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
            throw new MalformedTensorException(offset + at, "the header is not JSON with unique names", e);
        } catch (IOException e) {
            throw new MalformedTensorException(offset, "the header is not JSON", e);
        }
    }

    private void readMetadata(Map<String, String> metadata) throws IOException, MalformedTensorException {
        while (next() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            expect(JsonToken.VALUE_STRING, "a text under '" + SafeTensors.METADATA + "'");
            metadata.put(key, json.getText());
        }
    }

    private SafeTensorsHeader.Entry readEntry(String name) throws IOException, MalformedTensorException {
        DType dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (next() == JsonToken.FIELD_NAME) {
            switch (json.currentName()) {
                case SafeTensors.DTYPE -> dtype = readDtype();
                case SafeTensors.SHAPE -> shape = readNumbers(SafeTensors.SHAPE);
                case SafeTensors.DATA_OFFSETS -> offsets = readNumbers(SafeTensors.DATA_OFFSETS);
                default -> throw malformed("tensor '" + name + "' has a field that the format doesn't know");
            }
        }
        if (dtype == null || shape == null || offsets == null) {
            throw malformed("tensor '" + name + "' must have dtype, shape and data_offsets");
        }
        if (offsets.size() != 2) {
            throw malformed("data_offsets of tensor '" + name + "' must be two numbers, there are " + offsets.size());
        }
        return new SafeTensorsHeader.Entry(name, dtype, List.copyOf(shape), offsets.get(0), offsets.get(1));
    }

    private DType readDtype() throws IOException, MalformedTensorException {
        expect(JsonToken.VALUE_STRING, "a text under 'dtype'");
        String text = json.getText();
        for (DType candidate : DType.values()) {
            if (candidate.name().equals(text)) {
                return candidate;
            }
        }
        String shown = text.length() > 16 ? text.substring(0, 16) + "…" : text;
        throw malformed("dtype '" + shown + "' is not supported; valid are " + Arrays.toString(DType.values()));
    }

    private List<Long> readNumbers(String field) throws IOException, MalformedTensorException {
        expect(JsonToken.START_ARRAY, "an array under '" + field + "'");
        List<Long> numbers = new ArrayList<>();
        while (next() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || json.getLongValue() < 0) {
                throw malformed("'" + field + "' must hold whole numbers of 0 or more");
            }
            numbers.add(json.getLongValue());
        }
        return numbers;
    }

    private @Nullable JsonToken next() throws IOException, MalformedTensorException {
        JsonToken token = json.nextToken();
        if (token == null) {
            throw malformed("the header ends too early");
        }
        return token;
    }

    private void expect(JsonToken expected, String words) throws IOException, MalformedTensorException {
        if (json.nextToken() != expected) {
            throw malformed("the header must have " + words + " here");
        }
    }

    private MalformedTensorException malformed(String reason) {
        return new MalformedTensorException(
                offset + Math.max(0, json.currentTokenLocation().getByteOffset()), reason);
    }

    @Override
    public void close() throws MalformedTensorException {
        try {
            json.close();
        } catch (IOException e) {
            throw new MalformedTensorException(offset, "the header is not JSON", e);
        }
    }
}
