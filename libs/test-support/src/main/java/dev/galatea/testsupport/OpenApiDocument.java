package dev.galatea.testsupport;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import org.jspecify.annotations.Nullable;

/**
 * An OpenAPI 3.1 document beside what a service really does. Objects are closed here, although clients are told to
 * ignore what they don't know: a member that the document does not name is a finding. It remembers which parts of the
 * document were seen, so that what is only written can be found, too. Needs swagger-parser and json-schema-validator on
 * the class path, which this module doesn't bring along. For one thread.
 */
public final class OpenApiDocument {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> METHODS =
            Set.of("get", "put", "post", "delete", "patch", "head", "options", "trace");

    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

    private final JsonNode root;
    /** The visible parts of an operation: media types, answers, headers. */
    private final Set<String> unseen = new TreeSet<>();
    /** The members of the schemas that answers are described by. */
    private final Set<String> unseenMembers = new TreeSet<>();

    private OpenApiDocument(JsonNode root) {
        this.root = root;
        operations().forEach((name, operation) -> {
            operation
                    .at("/requestBody/content")
                    .fieldNames()
                    .forEachRemaining(type -> unseen.add(name + " of " + type));
            operation
                    .path("responses")
                    .properties()
                    .forEach(answer -> expect(name + " " + answer.getKey(), answer.getValue()));
        });
    }

    /** Reads a document in JSON. */
    public static OpenApiDocument parse(String json) throws JsonProcessingException {
        return new OpenApiDocument(JSON.readTree(json));
    }

    /**
     * A request and its answer.
     *
     * @param requestMediaType absent if there is no body
     * @param requestBody absent unless it is JSON
     * @param headers of the answer, by their names as the document has them; others are not looked at
     * @param body of the answer; absent unless it is JSON
     */
    public record Exchange(
            String method,
            String path,
            @Nullable String requestMediaType,
            @Nullable String requestBody,
            int status,
            String mediaType,
            Map<String, String> headers,
            @Nullable String body) {

        public Exchange {
            headers = Map.copyOf(headers);
        }
    }

    /** The faults that make this no OpenAPI document, or a misleading one. */
    public List<String> defects() {
        List<String> defects = new ArrayList<>();
        ParseOptions options = new ParseOptions();
        options.setResolve(true);
        defects.addAll(new OpenAPIV3Parser()
                .readContents(root.toString(), null, options)
                .getMessages());
        Set<String> ids = new HashSet<>();
        operations().forEach((name, operation) -> {
            if (!ids.add(operation.path("operationId").asText())) {
                defects.add(name + ": operationId is missing or repeated");
            }
            if (operation.path("summary").asText().isEmpty()) {
                defects.add(name + ": has no summary");
            }
        });
        root.findValues("$ref").stream()
                .map(JsonNode::textValue)
                .filter(ref -> !ref.startsWith("#/") || at(ref).isMissingNode())
                .forEach(ref -> defects.add("$ref: " + ref + " points at nothing"));
        root.at("/components/schemas").properties().forEach(schema -> {
            for (Error error : REGISTRY.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"))
                    .validate(schema.getValue().toString(), InputFormat.JSON)) {
                defects.add(schema.getKey() + error);
            }
        });
        return defects;
    }

    /** The operations: {@code POST /v1/videos}. */
    public Set<String> routes() {
        return operations().keySet();
    }

    private JsonNode required(String operation) {
        return Objects.requireNonNull(operations().get(operation), operation);
    }

    /** The members of what an operation takes as JSON. */
    public Set<String> membersTaken(String method, String path) {
        JsonNode schema = required(method + " " + path).at("/requestBody/content/application~1json/schema");
        Set<String> names = new TreeSet<>();
        followed(schema).path("properties").fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** The differences between an exchange and the document. */
    public List<String> disagreements(Exchange exchange) throws JsonProcessingException {
        String name = operation(exchange);
        if (name == null) {
            return List.of(exchange.method() + " " + exchange.path() + ": is not in the document");
        }
        JsonNode operation = required(name);
        List<String> found = new ArrayList<>();
        String status = Integer.toString(exchange.status());
        String key = operation.path("responses").has(status) ? status : "default";
        JsonNode answer = followed(operation.path("responses").path(key));
        String place = name + " " + key;
        if (answer.isMissingNode() || exchange.status() < 400 && key.equals("default")) {
            return List.of(name + ": answers " + status + ", which is not in the document");
        }
        unseen.remove(place);
        if (exchange.status() < 300 && exchange.requestMediaType() != null) {
            JsonNode taken = operation.at("/requestBody/content").path(exchange.requestMediaType());
            if (taken.isMissingNode()) {
                found.add("takes " + exchange.requestMediaType() + ", which is not in the document");
            } else if (exchange.requestBody() != null) {
                found.addAll(problems(taken.path("schema"), exchange.requestBody()));
            }
            unseen.remove(name + " of " + exchange.requestMediaType());
        }
        JsonNode content = answer.path("content");
        if (content.isEmpty() != exchange.mediaType().isEmpty()
                || !content.isEmpty() && !content.has(exchange.mediaType())) {
            found.add(place + ": is " + exchange.mediaType() + ", which is not in the document");
        }
        unseen.remove(place + " " + exchange.mediaType());
        if (exchange.body() != null && content.path(exchange.mediaType()).has("schema")) {
            found.addAll(compare(content.path(exchange.mediaType()).path("schema"), exchange.body()));
        }
        answer.path("headers").properties().forEach(header -> {
            String value = exchange.headers().get(header.getKey());
            if (value != null) {
                unseen.remove("header " + header.getKey());
                JsonNode schema = followed(header.getValue()).path("schema");
                boolean isText = !schema.path("type").asText().equals("integer");
                found.addAll(problems(schema, isText ? JSON.valueToTree(value).toString() : value));
            }
        });
        return found.stream().map(problem -> place + ": " + problem).toList();
    }

    /** The differences between the data of a server-sent event and the document. */
    public List<String> disagreements(String path, String event, String data) throws JsonProcessingException {
        JsonNode content = followed(required("GET " + path).at("/responses/200"));
        JsonNode ref = content.at("/content/text~1event-stream/x-event-data").path(event);
        return ref.isMissingNode()
                ? List.of(event + ": is no event of the document")
                : compare(referringTo(ref.textValue()), data);
    }

    /** The promises of the document that no exchange has shown so far. */
    public Set<String> unseen() {
        Set<String> all = new TreeSet<>(unseen);
        all.addAll(unseenMembers);
        return all;
    }

    private Map<String, JsonNode> operations() {
        Map<String, JsonNode> operations = new TreeMap<>();
        root.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(member -> {
                    if (METHODS.contains(member.getKey())) {
                        operations.put(
                                member.getKey().toUpperCase(java.util.Locale.ROOT) + " " + path.getKey(),
                                member.getValue());
                    }
                }));
        return operations;
    }

    private @Nullable String operation(Exchange exchange) {
        String plain = exchange.method() + " " + exchange.path();
        if (operations().containsKey(plain)) {
            return plain;
        }
        return operations().keySet().stream()
                .filter(name -> plain.matches(name.replaceAll("\\{[^}]*}", "[^/]+")))
                .findFirst()
                .orElse(null);
    }

    private List<String> compare(JsonNode schema, String json) throws JsonProcessingException {
        List<String> found = problems(schema, json);
        see(schema, JSON.readTree(json), "", found);
        return found;
    }

    private List<String> problems(JsonNode schema, String json) {
        ObjectNode closed = JSON.createObjectNode();
        closed.set("components", root.path("components"));
        closed.set("allOf", JSON.createArrayNode().add(schema));
        List<String> problems = new ArrayList<>();
        for (Error error :
                REGISTRY.getSchema(closed.toString(), InputFormat.JSON).validate(json, InputFormat.JSON)) {
            problems.add(error.toString());
        }
        return problems;
    }

    private void see(JsonNode described, JsonNode value, String name, List<String> found) {
        JsonNode schema = followed(described);
        String here = nameOf(described, name);
        if (schema.has("anyOf")) {
            // One of them is the null that this value isn't.
            schema.path("anyOf").forEach(one -> {
                if (value.isNull() || !one.path("type").asText().equals("null")) {
                    see(one, value, here, found);
                }
            });
        } else if (value.isArray()) {
            value.forEach(item -> see(schema.path("items"), item, here, found));
        } else if (value.isObject()) {
            value.properties().forEach(member -> {
                JsonNode known = schema.path("properties").path(member.getKey());
                JsonNode any = schema.path("additionalProperties");
                if (known.isMissingNode() && !any.isObject()) {
                    found.add(here + "." + member.getKey() + ": is not in the document");
                }
                unseenMembers.remove(here + "." + member.getKey());
                see(known.isMissingNode() ? any : known, member.getValue(), here + "." + member.getKey(), found);
            });
        }
    }

    private void expect(String place, JsonNode described) {
        JsonNode answer = followed(described);
        unseen.add(place);
        answer.path("headers").fieldNames().forEachRemaining(header -> unseen.add("header " + header));
        answer.path("content").properties().forEach(content -> {
            unseen.add(place + " " + content.getKey());
            expect(content.getValue().path("schema"), new HashSet<>());
            content.getValue()
                    .path("x-event-data")
                    .forEach(data -> expect(referringTo(data.textValue()), new HashSet<>()));
        });
    }

    /** Adds all members below a schema to those that are to be seen. */
    private void expect(JsonNode described, Set<String> known) {
        String name = nameOf(described, "");
        if (!name.isEmpty() && !known.add(name)) {
            return;
        }
        JsonNode schema = followed(described);
        schema.path("properties").properties().forEach(member -> {
            unseenMembers.add(name + "." + member.getKey());
            expect(member.getValue(), known);
        });
        schema.path("anyOf").forEach(one -> expect(one, known));
        expectBelow(schema, "items", known);
        expectBelow(schema, "additionalProperties", known);
    }

    private void expectBelow(JsonNode schema, String keyword, Set<String> known) {
        if (schema.path(keyword).isObject()) {
            expect(schema.path(keyword), known);
        }
    }

    private static JsonNode referringTo(String ref) {
        return JSON.createObjectNode().put("$ref", ref);
    }

    private static String nameOf(JsonNode described, String otherwise) {
        String ref = described.path("$ref").asText();
        return ref.isEmpty() ? otherwise : ref.substring(ref.lastIndexOf('/') + 1);
    }

    private JsonNode followed(JsonNode node) {
        return node.has("$ref") ? followed(at(node.path("$ref").textValue())) : node;
    }

    private JsonNode at(String ref) {
        return root.at(ref.substring(1));
    }
}
