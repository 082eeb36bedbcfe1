package dev.galatea.model.event;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Every text of the events that all processes keep in memory has a limit, whatever its field is called. */
class TextLimitsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** As long as a payload of these types can be. */
    private static final String LONG = "x".repeat(30_000);

    private static final int MUCH = 6_000;

    static Stream<Arguments> examples() {
        return Stream.of(EventType.PROGRESS, EventType.COMMAND, EventType.WEBHOOK_ATTEMPTED)
                .flatMap(type -> Schemas.examples(type).stream().map(file -> arguments(type, file)));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldRefuseOrCutEachText(EventType type, Path example) throws Exception {
        JsonNode valid = Schemas.read(example);
        List<String> fields = new ArrayList<>();
        collectTexts(valid, "", fields);
        assertThat(fields).isNotEmpty();
        for (String field : fields) {
            JsonNode changed = valid.deepCopy();
            int last = field.lastIndexOf('/');
            ((ObjectNode) changed.at(field.substring(0, last))).put(field.substring(last + 1), LONG);
            try {
                Event read = EventCodec.read(type.record(), JSON.writeValueAsBytes(changed));
                assertThat(EventCodec.write(read).length).as(field).isLessThan(MUCH);
            } catch (MalformedEventException e) {
                assertThat(String.valueOf(e.getMessage()).length()).as(field).isLessThan(MUCH);
            }
        }
    }

    @Test
    void shouldRefuseLongReportsAndCommands_beforeTheyAreParsed() {
        byte[] junk = new byte[40_000];
        for (EventType type : List.of(EventType.PROGRESS, EventType.COMMAND)) {
            assertThatThrownBy(() -> EventCodec.read(type.record(), junk))
                    .isInstanceOf(MalformedEventException.class)
                    .hasMessage("the payload has 40000 bytes; valid are up to 32768");
        }
    }

    @Test
    void shouldCutBetweenCharacters() {
        assertThat(Fields.cut("abc", 2)).isEqualTo("abc");
        assertThat(Fields.cut("abcd", 2)).isEqualTo("ab…");
        assertThat(Fields.cut("a\uD83D\uDE00bcd", 2)).isEqualTo("a…");
    }

    private static void collectTexts(JsonNode node, String path, List<String> into) {
        node.properties().forEach(field -> {
            String place = path + "/" + field.getKey();
            if (field.getValue().isTextual()) {
                into.add(place);
            }
            collectTexts(field.getValue(), place, into);
        });
    }
}
