package dev.galatea.model.example;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.PromptSubmitted;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Tests that the examples in {@code docs/events.md} compile and work, and that the topics in it exist. */
class EventsDocumentTest {

    private static final Path DOCUMENT = Path.of("../docs/events.md");
    private static final File SCHEMAS = new File("src/main/resources/schema");
    private static final Path PROGRAM = Path.of("src/test/java/dev/galatea/model/example/PublishPrompt.java");
    private static final String JOB = "0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01";

    @Test
    void shouldShowTheProgramThatIsCompiled() throws Exception {
        String program = Files.readString(PROGRAM).replaceFirst("package [^;]+;\n\n", "");
        Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(DOCUMENT));

        assertThat(block.find()).isTrue();
        assertThat(block.group(1)).isEqualTo(program);
    }

    @Test
    void shouldPublishAnEvent_whenTheProgramRuns() throws Exception {
        ProducerRecord<String, String> record = PublishPrompt.prompt(JOB);
        Map<String, byte[]> headers = new HashMap<>();
        record.headers().forEach(header -> headers.put(header.key(), header.value()));

        PromptSubmitted event = EventCodec.read(
                PromptSubmitted.class,
                record.key().getBytes(UTF_8),
                record.value().getBytes(UTF_8),
                headers);

        assertThat(record.topic()).isEqualTo(EventType.PROMPT_SUBMITTED.topic());
        assertThat(event.settings().seed()).isEqualTo(7);
    }

    @Test
    void shouldShowThePythonProgram() throws Exception {
        Matcher block = Pattern.compile("```python\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(DOCUMENT));

        assertThat(block.find()).isTrue();
        assertThat(block.group(1)).isEqualTo(Files.readString(Path.of("../examples/kafka-python/order.py")));
    }

    @Test
    void shouldListTheFieldsOfAPrompt_withTheirTypes() throws Exception {
        Map<String, String> types = Map.of(
                "text", "string", "integer", "integer", "number", "number", "object", "object", "UUID", "string",
                "boolean", "boolean");
        JsonNode schema = new ObjectMapper().readTree(new File(SCHEMAS, EventType.PROMPT_SUBMITTED.topic() + ".json"));
        JsonNode common = new ObjectMapper().readTree(new File(SCHEMAS, "common.json"));
        Map<String, String> expected = new TreeMap<>();
        schema.path("properties").properties().forEach(field -> {
            JsonNode type = field.getValue().has("$ref")
                    ? common.at(field.getValue().get("$ref").asText().replace("common.json#", ""))
                    : field.getValue();
            expected.put(field.getKey(), type.path("type").asText());
        });
        String table = Files.readString(DOCUMENT)
                .replaceAll("(?s).*These are all its fields", "")
                .replaceAll("(?s)\n\nA field that is not in the table.*", "");
        Map<String, String> listed = new TreeMap<>();
        Matcher row = Pattern.compile("\\| `(\\w+)` \\| (\\w+) \\| .+ \\|").matcher(table);
        while (row.find()) {
            listed.put(row.group(1), types.get(row.group(2)));
        }

        assertThat(listed).isEqualTo(expected);
    }

    @Test
    void shouldNameEveryTopic() throws Exception {
        String document = Files.readString(DOCUMENT);

        for (EventType type : EventType.values()) {
            assertThat(document).contains("`" + type.topic() + "`");
        }
        assertThat(document).contains("`" + EventType.DEAD_LETTER_TOPIC + "`");
    }
}
