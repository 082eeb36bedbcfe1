package dev.galatea.model.bundle;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.galatea.model.bundle.BundleManifest.Cleaning;
import dev.galatea.model.bundle.BundleManifest.FileEntry;
import dev.galatea.model.bundle.BundleManifest.Prediction;
import dev.galatea.model.id.Sha256;

import static org.assertj.core.api.Assertions.assertThat;

/** The published schema has the fields of the records, each with its type and its meaning. */
class BundleSchemaFieldsTest {

    private static final Path FILE = Path.of("src/main/resources/bundle/bundle.schema.json");
    private static final Set<Class<?>> INTEGERS = Set.of(int.class, Integer.class, long.class);

    private static final JsonNode NODE = read(FILE);

    @Test
    void shouldHaveTheFieldsOfTheRecords() {
        compareRecord("", BundleManifest.class, NODE, Set.of());
    }

    @Test
    void shouldSayWhatEveryFieldMeans() {
        requireDescriptions("", NODE);
    }

    @Test
    void shouldNameWhatTheLoaderKnows() {
        assertThat(texts(NODE.at("/properties/prediction/enum")))
                .containsExactlyElementsOf(
                        Stream.of(Prediction.values()).map(Prediction::wireName).toList());
        assertThat(texts(NODE.at("/properties/conditioning/enum")))
                .containsExactlyElementsOf(Stream.of(Conditioning.values())
                        .map(Conditioning::wireName)
                        .toList());
        assertThat(texts(NODE.at("/properties/references/items/enum")))
                .containsExactlyInAnyOrderElementsOf(BundleManifest.REFERENCES);
        assertThat(texts(NODE.at("/$defs/Text/properties/inputs/items/enum")))
                .containsExactlyElementsOf(BundleManifest.Text.INPUTS);
        assertThat(texts(NODE.at("/$defs/Text/properties/cleaning/enum")))
                .containsExactlyElementsOf(
                        Stream.of(Cleaning.values()).map(Cleaning::wireName).toList());
        assertThat(texts(NODE.at("/properties/files/required")))
                .containsExactlyElementsOf(ManifestRules.REQUIRED_ROLES);
        assertThat(texts(NODE.at("/$defs/FileVariant/properties/providers/items/enum")))
                .containsExactlyElementsOf(Stream.of(ExecutionProvider.values())
                        .map(ExecutionProvider::wireName)
                        .toList());
        assertThat(texts(NODE.at("/$defs/FileVariant/properties/precision/enum")))
                .containsExactlyElementsOf(
                        Stream.of(Precision.values()).map(Precision::wireName).toList());
        assertThat(texts(NODE.at("/properties/format/enum"))).containsExactlyElementsOf(BundleManifest.FORMATS);
    }

    @Test
    void shouldRefuseInEarlierFormats_whatTheRecordsSayCameLater() {
        Set<String> refused = new TreeSet<>();
        for (JsonNode rule : NODE.path("allOf")) {
            if (rule.at("/if/properties/format/const").asText().equals("galatea-bundle/1")) {
                collectRefused("", rule.path("then"), refused);
            }
        }
        Set<String> later = new TreeSet<>();
        collectLater("", BundleManifest.class, later);
        assertThat(refused).containsExactlyElementsOf(later);
    }

    private static void collectRefused(String path, JsonNode reference, Set<String> refused) {
        JsonNode schema = followed(reference);
        if (schema.isBoolean()) {
            refused.add(path);
        }
        if (schema.has("items")) {
            collectRefused(path, schema.path("items"), refused);
        }
        if (schema.has("additionalProperties")) {
            collectRefused(path + "/*", schema.path("additionalProperties"), refused);
        }
        schema.path("properties")
                .fields()
                .forEachRemaining(field -> collectRefused(path + "/" + field.getKey(), field.getValue(), refused));
    }

    private static void collectLater(String path, Class<?> type, Set<String> later) {
        for (RecordComponent component : type.getRecordComponents()) {
            String place = path + "/" + component.getName();
            if (component.isAnnotationPresent(Since.class)) {
                later.add(place);
            } else if (component.getType().isRecord()) {
                collectLater(place, component.getType(), later);
            } else if (component.getGenericType().getTypeName().contains(FileEntry.class.getName())) {
                collectLater(place + "/*", FileEntry.class, later);
            } else if (component.getGenericType().getTypeName().contains(SchedulerConfig.class.getName())) {
                for (Class<?> scheduler : SchedulerConfig.class.getPermittedSubclasses()) {
                    if (!scheduler.isAnnotationPresent(Since.class)) {
                        collectLater(place, scheduler, later);
                    }
                }
            }
        }
    }

    private static void compareRecord(String path, Class<?> record, JsonNode schema, Set<String> extraFields) {
        JsonNode target = followed(schema);
        List<String> fields = new ArrayList<>(extraFields);
        List<String> required = new ArrayList<>(extraFields);
        for (RecordComponent component : record.getRecordComponents()) {
            JsonNode property = target.path("properties").path(component.getName());
            fields.add(component.getName());
            if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class) && !property.has("default")) {
                required.add(component.getName());
            }
            compare(path + "/" + component.getName(), component.getGenericType(), property);
        }
        assertThat(target.path("type").asText()).as(path).isEqualTo("object");
        assertThat(target.path("properties").fieldNames())
                .toIterable()
                .as(path + " and " + record)
                .containsExactlyInAnyOrderElementsOf(fields);
        assertThat(texts(target.path("required")))
                .as(path + "/required, defaults, and @Nullable of " + record)
                .containsExactlyInAnyOrderElementsOf(required);
    }

    private static void compare(String path, Type type, JsonNode schema) {
        JsonNode target = followed(schema);
        if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
            assertThat(target.path("type").asText()).as(path).isEqualTo("array");
            compare(path + "[]", generic.getActualTypeArguments()[0], target.path("items"));
        } else if (type instanceof ParameterizedType map) {
            compare(path + "/*", map.getActualTypeArguments()[1], target.path("additionalProperties"));
            target.path("properties").forEach(role -> compare(path + "/*", map.getActualTypeArguments()[1], role));
        } else {
            compareClass(path, (Class<?>) type, target);
        }
    }

    private static void compareClass(String path, Class<?> type, JsonNode target) {
        if (type.isRecord() && type != Sha256.class) {
            compareRecord(path, type, target, Set.of());
        } else if (type == SchedulerConfig.class) {
            compareSchedulers(path, target.path("oneOf"));
        } else {
            assertThat(typeName(target)).as(path).isEqualTo(typeName(type));
        }
    }

    /** One alternative per scheduler, told apart by its name. */
    private static void compareSchedulers(String path, JsonNode alternatives) {
        JsonSubTypes.Type[] kinds =
                SchedulerConfig.class.getAnnotation(JsonSubTypes.class).value();
        assertThat(Stream.of(kinds).map(JsonSubTypes.Type::value))
                .containsExactlyInAnyOrder(SchedulerConfig.class.getPermittedSubclasses());
        assertThat(Stream.of(kinds).map(JsonSubTypes.Type::name).sorted())
                .containsExactlyElementsOf(SchedulerConfig.NAMES);
        assertThat(alternatives).as(path).hasSameSizeAs(kinds);
        for (int i = 0; i < kinds.length; i++) {
            JsonNode alternative = followed(alternatives.get(i));
            assertThat(alternative.at("/properties/name/const").asText()).isEqualTo(kinds[i].name());
            compareRecord(path + "/" + kinds[i].name(), kinds[i].value(), alternative, Set.of("name"));
        }
    }

    private static String typeName(JsonNode target) {
        return target.has("const") || target.has("enum")
                ? "string"
                : target.path("type").asText();
    }

    private static String typeName(Class<?> type) {
        if (INTEGERS.contains(type)) {
            return "integer";
        }
        if (type == double.class || type == Double.class) {
            return "number";
        }
        return type == boolean.class || type == Boolean.class ? "boolean" : "string";
    }

    private static void requireDescriptions(String path, JsonNode schema) {
        assertThat(schema.path("description")
                        .asText(followed(schema).path("description").asText()))
                .as(path + " has a description")
                .isNotBlank();
        for (String children : List.of("properties", "$defs")) {
            schema.path(children).fields().forEachRemaining(child -> {
                if (!child.getValue().isBoolean()) {
                    requireDescriptions(path + "/" + child.getKey(), child.getValue());
                }
            });
        }
    }

    private static JsonNode followed(JsonNode schema) {
        JsonNode ref = schema.get("$ref");
        return ref == null ? schema : followed(NODE.at(ref.textValue().substring(1)));
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::textValue)
                .toList();
    }

    private static JsonNode read(Path file) {
        try {
            return BundleFixture.JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
