package dev.galatea.gateway.api;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.Locale;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.RequestFields;

/**
 * The fields of a request's body, read by type. Numbers may be written as strings, a null is an absent field, and
 * unknown fields are ignored. A value of another type is refused with the name of its field.
 */
final class BodyFields {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final int MAX_NUMBER_LENGTH = 40;

    private final JsonNode body;

    BodyFields(JsonNode body) {
        this.body = body;
    }

    /** Parses a JSON body, which must be one object. */
    static JsonNode json(byte[] body) {
        JsonNode node;
        try {
            node = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            long offset = e.getLocation() == null ? 0 : e.getLocation().getByteOffset();
            throw ProblemException.badRequest("malformed_json", "the body is not JSON, from byte " + offset + " on");
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
            throw invalid(field, "is not a string");
        }
        return node.textValue();
    }

    @Nullable
    Integer whole(String field) {
        Long value = wholeLong(field);
        if (value != null && value != value.intValue()) {
            throw invalid(field, "is not a whole number of 32 bits");
        }
        return value == null ? null : value.intValue();
    }

    @Nullable
    Long wholeLong(String field) {
        String number = number(field);
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
            throw invalid(field, "is not a whole number of 64 bits");
        }
    }

    @Nullable
    Double real(String field) {
        String number = number(field);
        if (number == null) {
            return null;
        }
        try {
            return Double.valueOf(number);
        } catch (NumberFormatException e) {
            throw invalid(field, "is not a number");
        }
    }

    @Nullable
    Boolean truth(String field) {
        JsonNode node = node(field);
        if (node == null) {
            return null;
        }
        String text = node.asText().strip().toLowerCase(Locale.ROOT);
        if (!text.equals("true") && !text.equals("false")) {
            throw invalid(field, "is not true or false");
        }
        return Boolean.valueOf(text);
    }

    private @Nullable String number(String field) {
        JsonNode node = node(field);
        if (node == null) {
            return null;
        }
        String text = node.isTextual() ? node.textValue().strip() : node.asText();
        if (!(node.isNumber() || node.isTextual()) || text.isEmpty() || text.length() > MAX_NUMBER_LENGTH) {
            throw invalid(field, "is not a number");
        }
        return text;
    }

    static ProblemException invalid(String field, String problem) {
        return ProblemException.badRequest("invalid_request", field, problem);
    }
}
