package dev.galatea.model.event;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.galatea.model.event.Schemas.Located;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.Sha256;

import static org.assertj.core.api.Assertions.assertThat;

/** Records and schemas have the same fields, of the same types, and agree on which of them may be absent. */
class SchemaRecordTest {

    private static final Set<Class<?>> INTEGERS = Set.of(int.class, long.class, Integer.class, Long.class);
    private static final Set<Class<?>> NUMBERS = Set.of(double.class, Double.class);

    @ParameterizedTest
    @MethodSource("dev.galatea.model.event.EventType#values")
    void shouldHaveTheFieldsOfItsRecord(EventType type) {
        compareRecord(type.topic(), type.record(), Schemas.of(type), List.of());
    }

    private static void compareRecord(String path, Class<?> record, Located schema, List<String> extraFields) {
        Located target = schema.followed();
        List<String> fields = new ArrayList<>(extraFields);
        List<String> required = new ArrayList<>(extraFields);
        for (Member member : members(record)) {
            fields.add(member.name());
            if (!member.optional()) {
                required.add(member.name());
            }
        }
        assertThat(target.node().path("type").asText()).as(path).isEqualTo("object");
        assertThat(target.node().get("properties").fieldNames())
                .toIterable()
                .as(path + " and " + record)
                .containsExactlyInAnyOrderElementsOf(fields);
        assertThat(texts(target.node().get("required")))
                .as(path + "/required and @Nullable of " + record)
                .containsExactlyInAnyOrderElementsOf(required);
        for (Member member : members(record)) {
            compare(path + "/" + member.name(), member.type(), target.at("/properties/" + member.name()));
        }
    }

    /** A field in JSON. */
    private record Member(String name, Type type, boolean optional) {}

    /** The fields of a record's JSON; unwrapped components are replaced by their own. */
    private static List<Member> members(Class<?> record) {
        List<Member> members = new ArrayList<>();
        for (RecordComponent component : record.getRecordComponents()) {
            if (component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
                for (Member member : members(component.getType())) {
                    members.add(new Member(member.name(), member.type(), isOptional(record, member)));
                }
            } else {
                boolean optional = component.getAnnotatedType().isAnnotationPresent(Nullable.class)
                        || isLeftOutWhenEmpty(component);
                members.add(new Member(component.getName(), component.getGenericType(), optional));
            }
        }
        return members;
    }

    private static boolean isLeftOutWhenEmpty(RecordComponent component) {
        JsonInclude include = component.getAccessor().getAnnotation(JsonInclude.class);
        return include != null && include.value() == JsonInclude.Include.NON_EMPTY;
    }

    /** Properties that are optional in a schema, although the record's accessor never returns null. */
    private static boolean isOptional(Class<?> record, Member unwrapped) {
        return Stream.of(record.getDeclaredMethods())
                .filter(method -> method.getName().equals(unwrapped.name()) && method.getParameterCount() == 0)
                .map(method -> method.getAnnotatedReturnType().isAnnotationPresent(Nullable.class))
                .findFirst()
                .orElse(unwrapped.optional());
    }

    private static void compare(String path, Type type, Located schema) {
        if (type instanceof ParameterizedType list) {
            assertThat(list.getRawType()).as(path).isEqualTo(List.class);
            assertThat(typeName(schema)).as(path).isEqualTo("array");
            compare(
                    path + "[]",
                    list.getActualTypeArguments()[0],
                    schema.followed().at("/items"));
            return;
        }
        Class<?> plain = (Class<?>) type;
        if (INTEGERS.contains(plain)) {
            assertThat(typeName(schema)).as(path).isEqualTo("integer");
        } else if (NUMBERS.contains(plain)) {
            assertThat(typeName(schema)).as(path).isEqualTo("number");
        } else if (plain == Boolean.class) {
            assertThat(typeName(schema)).as(path).isEqualTo("boolean");
        } else if (plain == String.class) {
            assertThat(typeName(schema)).as(path).isEqualTo("string");
        } else if (plain == Instant.class) {
            compareText(path, schema, "/format", "date-time");
        } else if (plain == JobId.class) {
            compareText(path, schema, "/format", "uuid");
        } else if (plain == Sha256.class) {
            compareText(path, schema, "/pattern", "^[0-9a-f]{64}$");
        } else if (plain == Stage.class) {
            compareText(path, schema, "/pattern", "^[a-z][a-z0-9]*(-[a-z0-9]+)*$");
        } else if (plain == Pool.class) {
            compareText(path, schema, "/pattern", "^[a-z0-9]+(-[a-z0-9]+)*$");
        } else if (plain.isEnum()) {
            assertThat(texts(schema.followed().node().get("enum")))
                    .as(path)
                    .containsExactlyElementsOf(wireNames(plain));
        } else if (plain.isRecord()) {
            compareRecord(path, plain, schema, List.of());
        } else {
            compareKinds(path, plain, schema);
        }
    }

    /** A sealed family: one alternative per kind, told apart by a constant. */
    private static void compareKinds(String path, Class<?> family, Located schema) {
        JsonSubTypes.Type[] kinds = family.getAnnotation(JsonSubTypes.class).value();
        JsonNode alternatives = schema.followed().node().get("oneOf");
        assertThat(alternatives).as(path).hasSameSizeAs(kinds);
        assertThat(Stream.of(kinds).map(JsonSubTypes.Type::value))
                .as(path)
                .containsExactlyInAnyOrder(family.getPermittedSubclasses());
        for (int i = 0; i < kinds.length; i++) {
            Located alternative = new Located(schema.file(), alternatives.get(i)).followed();
            compareText(path, alternative, "/properties/kind/const", kinds[i].name());
            compareRecord(path + "/" + kinds[i].name(), kinds[i].value(), alternative, List.of("kind"));
        }
    }

    private static void compareText(String path, Located schema, String pointer, String expected) {
        assertThat(schema.followed().node().at(pointer).asText()).as(path).isEqualTo(expected);
    }

    private static String typeName(Located schema) {
        return schema.followed().node().path("type").asText();
    }

    private static List<String> wireNames(Class<?> type) {
        return Stream.of(type.getEnumConstants())
                .map(constant -> EventCodec.mapper().valueToTree(constant).textValue())
                .toList();
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::textValue)
                .toList();
    }
}
