package dev.galatea.model.event;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.galatea.model.json.JsonTree;

/**
 * Finds fields of a prompt that no prompt has. Readers of other events ignore what they don't know; of a prompt, it is
 * something that its sender wants, and would not get. Names that begin with {@code x-} or {@code x_} are the sender's
 * own.
 */
public final class UnknownFields {

    private static final ObjectMapper JSON = EventCodec.mapper();

    private UnknownFields() {}

    /** The first field of a prompt's payload that is unknown, such as {@code reference.mask}. */
    public static Optional<String> first(byte[] prompt) {
        try {
            return first(PromptSubmitted.class, JsonTree.read(JSON, prompt), "");
        } catch (IOException e) {
            return Optional.empty(); // what is no JSON is refused elsewhere
        }
    }

    /** The names of the fields that a prompt has. */
    public static Set<String> known() {
        return new TreeSet<>(components(PromptSubmitted.class).keySet());
    }

    private static Optional<String> first(Class<?> record, JsonNode node, String path) {
        Map<String, Class<?>> known = components(record);
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            String name = field.getKey();
            Class<?> type = known.get(name);
            if (type == null && !name.startsWith("x-") && !name.startsWith("x_")) {
                return Optional.of(path + name);
            }
            if (type != null && type.isRecord() && field.getValue().isObject()) {
                Optional<String> inner = first(type, field.getValue(), path + name + ".");
                if (inner.isPresent()) {
                    return inner;
                }
            }
        }
        return Optional.empty();
    }

    /** The names and types of the fields that a record has in JSON. */
    static Map<String, Class<?>> components(Class<?> record) {
        Map<String, Class<?>> found = new LinkedHashMap<>();
        for (RecordComponent component : record.getRecordComponents()) {
            if (component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
                found.putAll(components(component.getType()));
            } else {
                found.put(component.getName(), component.getType());
            }
        }
        return found;
    }
}
