package dev.galatea.gateway.api;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.RequestFields;
import dev.galatea.model.json.JsonTree;
import dev.galatea.model.json.RepeatedField;
import dev.galatea.model.text.Utf8;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The fields of a request's body, read by type. Numbers may be written as strings, and a null is an absent field. A
 * value of another type is refused with the name that the caller used for its field.
 */
final class BodyFields {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final int MAX_NUMBER_LENGTH = 40;
    private static final int MAX_NAME_SHOWN = 64;
    private static final String NO_WHOLE_NUMBER =
            "is not a whole number of 64 bits; valid are " + Long.MIN_VALUE + " to " + Long.MAX_VALUE;

    /** Numbers as JSON has them, and with a plus; Java itself takes more, such as {@code 2d} and {@code 0x1p3}. */
    private static final Pattern NUMBER = Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?");

    private final ObjectNode body;
    private final Map<String, String> names;

    /** @param names what the caller called fields, by their name here; others have the name that they have here */
    BodyFields(ObjectNode body, Map<String, String> names) {
        this.body = body;
        this.names = names;
    }

    /** Parses any JSON. */
    static JsonNode parse(String json) throws IOException {
        return JsonTree.read(JSON, json.getBytes(UTF_8));
    }

    /** The names of the fields that have a value. */
    Stream<String> names() {
        return body.properties().stream().map(Map.Entry::getKey);
    }

    /** The name that the caller used for a field. */
    String called(String field) {
        return shown(names.getOrDefault(field, field));
    }

    /** The beginning of a name that came from outside, for messages. */
    static String shown(String name) {
        return name.length() > MAX_NAME_SHOWN ? name.substring(0, MAX_NAME_SHOWN) + "…" : name;
    }

    /** Parses a JSON body, which must be one object. */
    static JsonNode json(byte[] body) {
        if (!Utf8.isValid(body)) {
            throw ProblemException.badRequest("malformed_json", "the body " + Utf8.NO_JSON);
        }
        JsonNode node;
        try {
            node = JsonTree.read(JSON, body);
        } catch (StreamConstraintsException e) {
            throw ProblemException.badRequest("malformed_json", "the body " + JsonTree.BEYOND_LIMITS);
        } catch (JsonProcessingException e) {
            long offset = e.getLocation() == null ? 0 : e.getLocation().getByteOffset();
            throw RepeatedField.path(e)
                    .map(field -> ProblemException.badRequest("malformed_json", field, RepeatedField.PROBLEM))
                    .orElseGet(() -> ProblemException.badRequest(
                            "malformed_json", "the body is not JSON, from byte " + offset + " on"));
        } catch (IOException e) {
            throw ProblemException.badRequest("malformed_json", "the body is not JSON");
        }
        if (!node.isObject()) {
            throw ProblemException.badRequest("malformed_json", "the body is no JSON object");
        }
        return node;
    }

    /** The value of a setting; null for media, which are no values but have to be uploaded. */
    @Nullable
    Object setting(RequestFields.Field field) {
        Class<?> type = field.type();
        String name = field.httpName();
        if (type == String.class) {
            return text(name);
        }
        if (type == Integer.class) {
            return whole(name);
        }
        if (type == Long.class) {
            return wholeLong(name);
        }
        if (type == Double.class) {
            return real(name);
        }
        if (type == ReferenceMedia.class) {
            return null;
        }
        throw new IllegalStateException(name + ": bodies hold no " + type);
    }

    boolean has(String field) {
        return body.hasNonNull(field);
    }

    /** Returns the field's value; null if it has none. */
    @Nullable
    JsonNode node(String field) {
        JsonNode node = body.get(field);
        return node == null || node.isNull() ? null : node;
    }

    @Nullable
    String text(String field) {
        JsonNode node = node(field);
        if (node == null) {
            return null;
        }
        if (!node.isTextual()) {
            throw invalidField(field, "is not a string");
        }
        return node.textValue();
    }

    @Nullable
    Integer whole(String field) {
        Long value = wholeLong(field);
        if (value != null && value != value.intValue()) {
            throw invalidValue(
                    field,
                    "is not a whole number of 32 bits; valid are " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE);
        }
        return value == null ? null : value.intValue();
    }

    /** A whole number within bounds that are known here; null if none is given. */
    @Nullable
    Integer whole(String field, int least, int most) {
        String problem = "is not valid; valid are " + least + " to " + most;
        Long value = wholeLong(field, problem);
        if (value != null && (value < least || value > most)) {
            throw invalidValue(field, problem);
        }
        return value == null ? null : value.intValue();
    }

    @Nullable
    Long wholeLong(String field) {
        return wholeLong(field, NO_WHOLE_NUMBER);
    }

    private @Nullable Long wholeLong(String field, String problem) {
        String number = number(field, problem);
        if (number == null) {
            return null;
        }
        try {
            BigDecimal exact = new BigDecimal(number);
            if (Math.abs((long) exact.scale()) > MAX_NUMBER_LENGTH) {
                throw new ArithmeticException("too far from 1");
            }
            return exact.longValueExact();
        } catch (NumberFormatException | ArithmeticException e) {
            throw invalidValue(field, problem);
        }
    }

    @Nullable
    Double real(String field) {
        String number = number(field, "is not a number; valid is for instance 4 or 2.5");
        if (number == null) {
            return null;
        }
        double value = Double.parseDouble(number);
        if (Double.isInfinite(value)) {
            throw invalidValue(field, "is not a number of 64 bits; valid is for instance 4 or 2.5");
        }
        return value;
    }

    @Nullable
    Boolean truth(String field) {
        JsonNode node = node(field);
        if (node == null) {
            return null;
        }
        String text = node.asText().strip().toLowerCase(Locale.ROOT);
        if (!text.equals("true") && !text.equals("false")) {
            throw invalidValue(field, "is not a truth value; valid are true and false");
        }
        return Boolean.valueOf(text);
    }

    private @Nullable String number(String field, String problem) {
        JsonNode node = node(field);
        if (node == null) {
            return null;
        }
        String text = node.isTextual() ? node.textValue().strip() : node.asText();
        if (!(node.isNumber() || node.isTextual())
                || text.length() > MAX_NUMBER_LENGTH
                || !NUMBER.matcher(text).matches()) {
            throw invalidValue(field, problem);
        }
        return text;
    }

    /** The refusal of a field's value, which is quoted; none that may be private. */
    ProblemException invalidValue(String field, String problem) {
        JsonNode node = node(field);
        String value = node == null || !node.isValueNode() ? "" : "'" + shown(node.asText()) + "' ";
        return invalidField(field, value + problem);
    }

    /** The refusal of a field's value, under the name that the caller used. */
    ProblemException invalidField(String field, String problem) {
        return invalid(called(field), problem);
    }

    /** The refusal of a value. */
    static ProblemException invalid(String field, String problem) {
        return ProblemException.badRequest("invalid_request", field, problem);
    }
}
