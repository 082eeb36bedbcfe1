package dev.galatea.testsupport;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;

import dev.galatea.model.event.EventType;

/** Makes documents out of a valid one in which one value is such as no honest writer sends, each place in turn. */
public final class HostileJson {

    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private static final List<String> VALUES = List.of(
            "1e9999999999999",
            "-1e-9999999999999",
            "1e2147483648",
            "1e999999999",
            "1e400",
            "-0.0",
            "9223372036854775808",
            "9".repeat(400),
            "9".repeat(1001),
            "0." + "1".repeat(999),
            "\"1e9999999999999\"",
            "\"" + "9".repeat(400) + "\"",
            "\"NaN\"",
            "\"\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "null",
            "true",
            "{}",
            "{\"1e9999999999999\": 1e9999999999999}",
            "[]",
            "[null, 1e9999999999999]",
            "[".repeat(999) + "]".repeat(999),
            "[".repeat(1001) + "]".repeat(1001));

    /** Seen from any module of libs and services. */
    private static final Path EXAMPLES = Path.of("../../shared-model/src/main/resources/schema/examples");

    private HostileJson() {}

    /** The documents that are made out of all examples of a type of events. */
    public static List<String> events(EventType type) throws IOException {
        List<String> variants = new ArrayList<>();
        try (DirectoryStream<Path> examples = Files.newDirectoryStream(EXAMPLES.resolve(type.topic()))) {
            for (Path example : examples) {
                variants.addAll(variants(Files.readString(example)));
            }
        }
        return variants;
    }

    /** The documents: each value replaced, and each object with a field more. */
    public static List<String> variants(String document) throws JsonProcessingException {
        JsonNode root = JSON.readTree(document);
        List<String> variants = new ArrayList<>();
        for (String value : VALUES) {
            collect(root, root, new RawValue(value), variants);
        }
        return variants;
    }

    private static void collect(JsonNode node, JsonNode root, RawValue value, List<String> variants) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : List.copyOf(object.properties())) {
                JsonNode own = field.getValue(); // the entry's value changes with the object's
                object.putRawValue(field.getKey(), value);
                variants.add(root.toString());
                object.set(field.getKey(), own);
                collect(own, root, value, variants);
            }
            object.putRawValue("unknown", value);
            variants.add(root.toString());
            object.remove("unknown");
        } else if (node instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                JsonNode element = list.get(i);
                list.set(i, JSON.getNodeFactory().rawValueNode(value));
                variants.add(root.toString());
                list.set(i, element);
                collect(element, root, value, variants);
            }
        }
    }
}
