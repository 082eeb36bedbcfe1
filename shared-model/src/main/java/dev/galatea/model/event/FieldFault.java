package dev.galatea.model.event;

import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.id.JobId;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.json.JsonTree;
import dev.galatea.model.json.RepeatedField;
import dev.galatea.model.text.PrintableText;
import dev.galatea.model.text.Utf8;

/**
 * The field of a prompt's payload that can't be read.
 *
 * @param field its path, such as {@code reference.object.key}
 * @param problem its value unless it may be private, and what would be valid
 */
record FieldFault(String field, String problem) {

    private static final int MAX_SHOWN = 64;
    private static final String WHOLE = "the payload";

    /** How the records of this package and of the tensors' say what is wrong with one of their fields. */
    private static final Pattern OWN_MESSAGE = Pattern.compile("([A-Za-z]\\w*(?:\\.\\w+)*): (.*)", Pattern.DOTALL);

    /** Types of which a text that stands in the place of a value is shown; others may be prompts or addresses. */
    private static final Map<Class<?>, String> VALID = Map.of(
            Integer.class, "a whole number of 32 bits",
            Long.class, "a whole number of 64 bits",
            long.class, "a whole number of 64 bits",
            Double.class, "a number",
            Boolean.class, "true or false",
            JobId.class, "a UUID",
            Sha256.class, "64 lower-case hexadecimal digits");

    /**
     * Finds the field.
     *
     * @param fault of reading the payload
     * @param payload the same payload as a tree
     * @return empty if the payload as a whole is no JSON
     */
    static Optional<FieldFault> find(Throwable fault, JsonNode payload) {
        if (fault instanceof CharacterCodingException) {
            return Optional.of(new FieldFault(WHOLE, Utf8.NO_JSON));
        }
        if (JsonTree.isBeyondLimits(fault)) {
            return Optional.of(new FieldFault(WHOLE, JsonTree.BEYOND_LIMITS));
        }
        Optional<FieldFault> repeated =
                RepeatedField.path(fault).map(field -> new FieldFault(field, RepeatedField.PROBLEM));
        return repeated.isEmpty() && fault instanceof JsonMappingException unfit
                ? Optional.of(find(unfit, payload))
                : repeated;
    }

    private static FieldFault find(JsonMappingException fault, JsonNode payload) {
        List<String> path = fault.getPath().stream()
                .map(JsonMappingException.Reference::getFieldName)
                .filter(name -> name != null)
                .toList();
        String message = ownMessage(fault);
        Matcher own = OWN_MESSAGE.matcher(message == null ? "" : message);
        if (!own.matches()) {
            return new FieldFault(joined(path), ofType(at(payload, path), typeOf(path)));
        }
        List<String> field = fieldOf(path, own.group(1), at(payload, path));
        return new FieldFault(joined(field), withValue(own.group(2), at(payload, field), typeOf(field)));
    }

    Failure refusal() {
        return Failure.invalid(FaultyPrompt.CODE, PrintableText.line(field), PrintableText.line(problem));
    }

    private static @Nullable String ownMessage(JsonMappingException fault) {
        Throwable root = fault;
        while (root.getCause() != null && root instanceof JsonProcessingException) {
            root = root.getCause();
        }
        return root instanceof IllegalArgumentException ? root.getMessage() : null;
    }

    /** A record names its own field, or all of the path to it; a type that is written as one text only itself. */
    private static List<String> fieldOf(List<String> path, String named, JsonNode value) {
        if (!path.isEmpty() && !value.isObject()) {
            return path;
        }
        List<String> names = List.of(named.split("\\."));
        boolean isWhole = path.isEmpty() || names.get(0).equals(path.get(0));
        return isWhole ? names : concat(path, names);
    }

    private static List<String> concat(List<String> path, List<String> names) {
        return Stream.concat(path.stream(), names.stream()).toList();
    }

    private static String withValue(String problem, JsonNode value, @Nullable Class<?> type) {
        if (problem.equals("is missing")) {
            return problem + "; valid is " + valid(type);
        }
        String text = value.asText("");
        boolean isThere = value.isValueNode() && !value.isNull();
        return isThere && (text.isBlank() || !problem.contains(text)) ? shown(text) + " " + problem : problem;
    }

    private static String ofType(JsonNode value, @Nullable Class<?> type) {
        return described(value, type) + "; valid is " + valid(type);
    }

    private static String described(JsonNode value, @Nullable Class<?> type) {
        if (value.isMissingNode() || value.isNull()) {
            return "is missing";
        }
        if (value.isContainerNode()) {
            return value.isObject() ? "is an object" : "is a list";
        }
        if (value.isBigDecimal() && value.canConvertToExactIntegral() && value.canConvertToLong()) {
            return "is a whole number that is written with a fraction or an exponent";
        }
        boolean isPublic = type != null && (VALID.containsKey(type) || type.isEnum());
        return isPublic || !value.isTextual() ? shown(value.asText()) + " is not valid" : "is a text";
    }

    private static String valid(@Nullable Class<?> type) {
        if (type == null) {
            return "another value";
        }
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> EventCodec.mapper().convertValue(constant, String.class))
                    .collect(Collectors.joining(", ", "one of ", ""));
        }
        return type.isRecord() && !VALID.containsKey(type) ? "an object" : VALID.getOrDefault(type, "a text");
    }

    private static String shown(String value) {
        return "'" + (value.length() > MAX_SHOWN ? value.substring(0, MAX_SHOWN) + "…" : value) + "'";
    }

    private static JsonNode at(JsonNode payload, List<String> path) {
        JsonNode node = payload;
        for (String name : path) {
            node = node.path(name);
        }
        return node;
    }

    private static @Nullable Class<?> typeOf(List<String> path) {
        Class<?> type = PromptSubmitted.class;
        for (String name : path) {
            type = type != null && type.isRecord()
                    ? UnknownFields.components(type).get(name)
                    : null;
        }
        return type;
    }

    private static String joined(List<String> path) {
        return path.isEmpty() ? WHOLE : String.join(".", path);
    }
}
