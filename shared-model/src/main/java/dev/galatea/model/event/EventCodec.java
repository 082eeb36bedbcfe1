package dev.galatea.model.event;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.MalformedEventException.Reason;
import dev.galatea.model.json.JsonTree;
import dev.galatea.model.json.RepeatedField;
import dev.galatea.model.text.Utf8;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Events to JSON and back. Unknown fields are ignored, so that newer writers don't break older readers. Thread-safe.
 */
public final class EventCodec {

    /**
     * The longest payload of any type that is read, far above any event of ours; longer ones, and those above
     * {@link EventType#maxPayloadBytes}, are refused before they are parsed.
     */
    public static final int MAX_PAYLOAD_BYTES = 1 << 20;

    private static final int MAX_SHOWN_CHARS = 80;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Java would take "2d" and "0x1p3" for numbers.
            .withCoercionConfig(
                    LogicalType.Float, text -> text.setCoercion(CoercionInputShape.String, CoercionAction.Fail))
            .withConfigOverride(List.class, list -> list.setSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL)))
            .build();

    private EventCodec() {}

    /** The mapper that events are written with, for what is not an event but must look the same. */
    public static ObjectMapper mapper() {
        return JSON.copy();
    }

    /** The payload of an event. */
    public static byte[] write(Event event) {
        try {
            return JSON.writeValueAsBytes(event);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a " + EventType.of(event) + " can't be written as JSON", e);
        }
    }

    /** Reads a payload of a known type, without headers: for stores and tests. */
    public static <T extends Event> T read(Class<T> record, byte @Nullable [] payload) throws MalformedEventException {
        if (payload == null) {
            throw new MalformedEventException(Reason.MALFORMED_PAYLOAD, "the record has no value");
        }
        int maxBytes = EventType.maxPayloadBytesOf(record);
        if (payload.length > maxBytes) {
            throw new MalformedEventException(
                    Reason.TOO_LARGE, "the payload has " + payload.length + " bytes; valid are up to " + maxBytes);
        }
        if (!Utf8.isValid(payload)) {
            throw new MalformedEventException(
                    Reason.MALFORMED_PAYLOAD, "the payload " + Utf8.NO_JSON, new CharacterCodingException());
        }
        try {
            T event = JSON.readValue(payload, record);
            if (event == null) {
                throw new MalformedEventException(Reason.MALFORMED_PAYLOAD, "the payload is null");
            }
            return event;
        } catch (IOException e) {
            throw new MalformedEventException(Reason.MALFORMED_PAYLOAD, describe(e), e);
        }
    }

    /**
     * Reads a record in CloudEvents binary mode and checks that headers, key and payload belong together.
     *
     * @param key the record's key, the job id in UTF-8
     * @param headers last value of each header
     */
    public static <T extends Event> T read(
            Class<T> record, byte @Nullable [] key, byte @Nullable [] payload, Map<String, byte[]> headers)
            throws MalformedEventException {
        requireHeader(headers, CloudEvent.ID);
        requireHeader(headers, CloudEvent.SOURCE);
        String version = requireHeader(headers, CloudEvent.SPECVERSION);
        if (!version.equals(CloudEvent.SPEC_VERSION)) {
            throw new MalformedEventException(
                    Reason.UNKNOWN_VERSION,
                    CloudEvent.SPECVERSION + ": '" + abbreviate(version) + "' is not known; valid is "
                            + CloudEvent.SPEC_VERSION);
        }
        String type = requireHeader(headers, CloudEvent.TYPE);
        boolean expected = EventType.ofCloudEventsType(type)
                .map(known -> known.record() == record)
                .orElse(false);
        if (!expected) {
            throw new MalformedEventException(
                    Reason.UNKNOWN_TYPE,
                    CloudEvent.TYPE + ": '" + abbreviate(type) + "' is not an event type of this topic; valid is "
                            + EventType.of(record).cloudEventsType());
        }
        T event = read(record, payload);
        String keyText = key == null ? "" : new String(key, UTF_8);
        if (!event.jobId().toString().equals(keyText)) {
            throw new MalformedEventException(
                    Reason.KEY_MISMATCH,
                    "the record's key is '" + abbreviate(keyText) + "', but jobId is " + event.jobId()
                            + "; valid is the job id in lower case, as key and as jobId");
        }
        return event;
    }

    private static String requireHeader(Map<String, byte[]> headers, String name) throws MalformedEventException {
        byte[] value = headers.get(name);
        if (value == null || value.length == 0) {
            throw new MalformedEventException(
                    Reason.MISSING_HEADER,
                    name + ": header is missing; valid are CloudEvents 1.0 in binary mode, with " + CloudEvent.ID + ", "
                            + CloudEvent.SOURCE + ", " + CloudEvent.SPECVERSION + ", " + CloudEvent.TYPE);
        }
        return new String(value, UTF_8);
    }

    /** Says what is wrong without repeating the payload, which may hold a prompt. */
    private static String describe(IOException e) {
        Optional<String> repeated = RepeatedField.path(e);
        if (repeated.isPresent()) {
            return repeated.get() + ": " + RepeatedField.PROBLEM;
        }
        if (JsonTree.isBeyondLimits(e)) {
            return "the payload " + JsonTree.BEYOND_LIMITS;
        }
        return e instanceof JsonMappingException fault ? describe(fault) : "the payload is not JSON";
    }

    private static String describe(JsonMappingException e) {
        String path = e.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                .collect(Collectors.joining("."));
        Throwable root = e;
        while (root instanceof JsonProcessingException && root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof InputCoercionException) {
            return (path.isEmpty() ? "the payload" : path) + ": is a number that its type can't hold";
        }
        boolean ours = root instanceof IllegalArgumentException && !(root instanceof JsonProcessingException);
        String field = path.isEmpty() ? "the payload" : path;
        return ours ? String.valueOf(root.getMessage()) : field + ": is missing or not of its type";
    }

    private static String abbreviate(String text) {
        return text.length() > MAX_SHOWN_CHARS ? text.substring(0, MAX_SHOWN_CHARS) + "…" : text;
    }
}
