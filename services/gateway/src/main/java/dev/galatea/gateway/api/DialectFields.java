package dev.galatea.gateway.api;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.json.JsonTree;
import dev.galatea.model.json.RepeatedField;

/**
 * The fields of an order under the names that they have here, whatever the dialect of the client calls them and
 * wherever it puts them. Fields that say nothing about the clip are left out, and so are switches of other servers that
 * are off; all others stay, so that none is dropped without a word.
 */
final class DialectFields {

    /** Objects, in a form the JSON of one, whose members are fields of the order. */
    private static final List<String> BLOCKS = List.of("extra_body", "extra_params", "video_params");

    private static final Map<String, String> SYNONYMS = Map.of("num_outputs_per_prompt", "n");

    /** Fields that say nothing about the clip: noise is always made on the CPU, and clips always go into the store. */
    private static final Set<String> WITHOUT_EFFECT =
            Set.of("user", "metadata", "safety_identifier", "generator_device", "output_path", "perf_dump_path");

    /** Switches of other servers, whose clients send them also when they are off. */
    private static final Set<String> SWITCHES = Set.of(
            "enable_teacache",
            "enable_frame_interpolation",
            "enable_upscaling",
            "generate_sound",
            "rollout",
            "profile");

    /** Fields that mean something only beside a switch. */
    private static final Map<String, String> DETAILS = Map.of(
            "frame_interpolation_exp", "enable_frame_interpolation",
            "frame_interpolation_scale", "enable_frame_interpolation",
            "frame_interpolation_model_path", "enable_frame_interpolation",
            "upscaling_scale", "enable_upscaling",
            "upscaling_model_path", "enable_upscaling",
            "sound_duration", "generate_sound",
            "rollout_sde_type", "rollout");

    private static final Set<String> QUALITIES = Set.of("quality", "output_quality");
    private static final Set<String> USUAL_QUALITIES = Set.of("default", "standard", "auto");

    private final ObjectNode fields = JsonNodeFactory.instance.objectNode();
    private final Map<String, String> names = new HashMap<>();

    private DialectFields() {}

    /** Reads the fields of a body. */
    static BodyFields of(JsonNode body) {
        DialectFields dialect = new DialectFields();
        body.fields().forEachRemaining(field -> {
            if (!BLOCKS.contains(field.getKey())) {
                dialect.add(field.getKey(), field.getKey(), field.getValue());
            }
        });
        for (String block : BLOCKS) {
            dialect.addBlock(block, body.get(block));
        }
        dialect.dropWhatIsOff();
        return new BodyFields(dialect.fields, dialect.names);
    }

    /** Tells whether the members of a field are fields of the order. */
    static boolean isBlock(String name) {
        return BLOCKS.contains(name);
    }

    /** The object that a field holds, or whose JSON is its text. */
    static ObjectNode object(String name, JsonNode value) {
        JsonNode node = value;
        if (value.isTextual()) {
            try {
                node = BodyFields.parse(value.textValue());
            } catch (StreamConstraintsException e) {
                throw BodyFields.invalid(name, JsonTree.BEYOND_LIMITS);
            } catch (IOException e) {
                throw RepeatedField.path(e)
                        .map(field -> BodyFields.invalid(name + "." + field, RepeatedField.PROBLEM))
                        .orElseGet(() -> BodyFields.invalid(name, "is no JSON; valid is an object"));
            }
        }
        if (!(node instanceof ObjectNode object)) {
            throw BodyFields.invalid(name, "is no JSON object; valid is one");
        }
        return object;
    }

    private void addBlock(String block, @Nullable JsonNode value) {
        if (value == null || value.isNull()) {
            return;
        }
        object(block, value)
                .fields()
                .forEachRemaining(member -> add(member.getKey(), block + "." + member.getKey(), member.getValue()));
    }

    private void add(String name, String called, JsonNode value) {
        if (value.isNull() || WITHOUT_EFFECT.contains(name)) {
            return;
        }
        String own = SYNONYMS.getOrDefault(name, name);
        JsonNode before = fields.get(own);
        if (before != null && !isSame(before, value)) {
            throw BodyFields.invalid(
                    BodyFields.shown(called),
                    "excludes " + BodyFields.shown(String.valueOf(names.get(own))) + "; valid is one of the two");
        }
        if (before == null) {
            fields.set(own, value);
            names.put(own, called);
        }
    }

    /** Numbers and truth values are the same as texts; of objects and lists asText() says nothing. */
    private static boolean isSame(JsonNode one, JsonNode other) {
        return one.isValueNode() && other.isValueNode() ? one.asText().equals(other.asText()) : one.equals(other);
    }

    private void dropWhatIsOff() {
        SWITCHES.stream().filter(name -> isOff(fields.get(name))).forEach(fields::remove);
        DETAILS.forEach((detail, name) -> {
            if (!fields.has(name)) {
                fields.remove(detail);
            }
        });
        QUALITIES.stream()
                .filter(name -> USUAL_QUALITIES.contains(fields.path(name).asText()))
                .forEach(fields::remove);
    }

    private static boolean isOff(@Nullable JsonNode value) {
        return value != null
                && (value.isBoolean() || value.isTextual())
                && value.asText().equalsIgnoreCase("false");
    }
}
