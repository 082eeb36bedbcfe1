package dev.galatea.model.example;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
    void shouldNameEveryTopic() throws Exception {
        String document = Files.readString(DOCUMENT);

        for (EventType type : EventType.values()) {
            assertThat(document).contains("`" + type.topic() + "`");
        }
        assertThat(document).contains("`" + EventType.DEAD_LETTER_TOPIC + "`");
    }
}
