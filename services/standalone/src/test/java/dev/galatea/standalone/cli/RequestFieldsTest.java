package dev.galatea.standalone.cli;

import java.io.InputStream;
import java.net.URL;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.RequestFields;
import dev.galatea.model.event.RequestFields.Field;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** The event's schema, the OpenAPI document, the command line and the page offer the fields that requests have. */
class RequestFieldsTest {

    /** Fields of the event that nobody asks for. */
    private static final Set<String> EVENT_ONLY = Set.of("jobId", "remixOf", "requestDigest");

    /** Other ways to say what fields say, and fields of the request as a whole. */
    private static final Set<String> HTTP_ONLY = Set.of(
            "size",
            "n",
            "num_outputs_per_prompt",
            "last_frame",
            "fit",
            "background",
            "strength",
            "image_reference",
            "image_url",
            "reference_url",
            "video_reference",
            "video_url",
            "extra_body",
            "extra_params",
            "video_params");

    /** Options of the reference, of the output and of the program. */
    private static final Set<String> COMMAND_LINE_ONLY = Set.of(
            "--last-image",
            "--video",
            "--strength",
            "--fit",
            "--background",
            "--out",
            "--json",
            "--data-dir",
            "--help",
            "--version");

    /** There is one frame rate per model, so the command line does not ask for it. */
    private static final Set<String> NOT_ON_THE_COMMAND_LINE = Set.of("fps");

    /** The page says lengths in frames. */
    private static final Set<String> NOT_ON_THE_PAGE = Set.of("fps", "seconds", "truncate");

    static List<Field> fields() {
        return RequestFields.all();
    }

    @Test
    void shouldBeTheFieldsOfTheEvent() throws Exception {
        JsonNode schema = new YAMLMapper().readTree(text(EventType.PROMPT_SUBMITTED.schemaResource()));

        assertThat(names(schema.get("properties")))
                .isEqualTo(with(EVENT_ONLY, fields().stream().map(Field::name)));
    }

    @Test
    void shouldBeTheFieldsOfTheOpenApiDocument() throws Exception {
        JsonNode properties = openApi();

        assertThat(names(properties))
                .isEqualTo(with(HTTP_ONLY, fields().stream().map(Field::httpName)));
    }

    @ParameterizedTest
    @MethodSource("fields")
    void shouldHaveTheirTypeInTheOpenApiDocument(Field field) throws Exception {
        JsonNode property = openApi().get(field.httpName());

        String described = property.path("$ref").asText(property.path("type").toString());
        assertThat(described).as(field.httpName()).isIn(openApiTypes(field.type()));
    }

    private static List<String> openApiTypes(Class<?> type) {
        if (type == String.class) {
            return List.of("[\"string\",\"null\"]", "\"string\"");
        }
        if (type == Double.class) {
            return List.of("[\"number\",\"string\",\"null\"]");
        }
        if (type == Boolean.class) {
            return List.of("[\"boolean\",\"string\",\"null\"]");
        }
        return List.of("#/components/schemas/" + (type == ReferenceMedia.class ? "Picture" : "Integer"));
    }

    @Test
    void shouldBeTheOptionsOfTheCommandLine() {
        CommandSpec command = new CommandLine(new GenerateCommand()).getCommandSpec();
        Set<String> offered = Stream.concat(
                        command.options().stream().map(CommandLine.Model.OptionSpec::longestName),
                        command.positionalParameters().stream().map(CommandLine.Model.PositionalParamSpec::paramLabel))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(offered)
                .isEqualTo(with(
                        COMMAND_LINE_ONLY,
                        fields().stream()
                                .filter(field -> !NOT_ON_THE_COMMAND_LINE.contains(field.name()))
                                .map(Field::option)));
    }

    @ParameterizedTest
    @MethodSource("fields")
    void shouldBeOnThePage(Field field) throws Exception {
        String page = text("META-INF/resources/ui/order.js");
        String origin = text("META-INF/resources/ui/origin.js");
        int begin = page.indexOf("const order = {");
        String request = page.substring(begin, page.indexOf("};", begin));
        assertThat(request).contains("prompt: ");

        boolean offered = Pattern.compile("\\b" + field.httpName() + "[:,]")
                        .matcher(request)
                        .find()
                || origin.contains(field.httpName());
        assertThat(offered).as(field.httpName()).isNotEqualTo(NOT_ON_THE_PAGE.contains(field.name()));
    }

    @Test
    void shouldBeNamedByTheirOption_whenTheirValueIsRefused() {
        Failure frames = Failure.invalid("invalid_frames", "frames", "34 is not valid; nearest valid is 33");
        Failure role = Failure.invalid("reference_not_supported", "reference.role", "valid is none");

        assertThat(PromptRun.message(frames)).isEqualTo("--frames: 34 is not valid; nearest valid is 33");
        assertThat(PromptRun.message(role)).isEqualTo("reference.role: valid is none");
    }

    private static Set<String> with(Set<String> others, Stream<String> names) {
        return Stream.concat(others.stream(), names).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Of the gateway: other services have such a document, too. */
    private static JsonNode openApi() throws Exception {
        Enumeration<URL> documents = RequestFields.class.getClassLoader().getResources("META-INF/openapi.yaml");
        while (documents.hasMoreElements()) {
            JsonNode properties =
                    new YAMLMapper().readTree(documents.nextElement()).at("/components/schemas/CreateVideo/properties");
            if (properties.isObject()) {
                return properties;
            }
        }
        throw new AssertionError("no OpenAPI document describes CreateVideo");
    }

    private static String text(String resource) throws Exception {
        try (InputStream stream = RequestFields.class.getClassLoader().getResourceAsStream(resource)) {
            assertThat(stream).as(resource).isNotNull();
            return new String(stream.readAllBytes(), UTF_8);
        }
    }
}
