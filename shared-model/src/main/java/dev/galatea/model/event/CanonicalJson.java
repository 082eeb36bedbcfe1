package dev.galatea.model.event;

import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.galatea.model.id.Sha256;

/**
 * Digests values by their canonical JSON: as events are written, with members sorted by name and without white space.
 * Equal values have equal digests, in whatever order their fields are declared. Thread-safe.
 */
public final class CanonicalJson {

    private static final ObjectMapper JSON = EventCodec.mapper();

    private CanonicalJson() {}

    /** The digest of a value's canonical JSON. */
    public static Sha256 digest(Object value) {
        return Sha256.of(bytes(value));
    }

    /** The canonical JSON of a value, in UTF-8. */
    static byte[] bytes(Object value) {
        try {
            return JSON.writeValueAsBytes(sorted(JSON.valueToTree(value)));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a " + value.getClass().getName() + " can't be written as JSON", e);
        }
    }

    private static JsonNode sorted(JsonNode node) {
        if (node.isObject()) {
            Map<String, JsonNode> members = new TreeMap<>();
            node.fields().forEachRemaining(member -> members.put(member.getKey(), sorted(member.getValue())));
            ObjectNode object = JSON.createObjectNode();
            members.forEach(object::set);
            return object;
        }
        if (node.isArray()) {
            ArrayNode array = JSON.createArrayNode();
            node.forEach(element -> array.add(sorted(element)));
            return array;
        }
        return node;
    }
}
