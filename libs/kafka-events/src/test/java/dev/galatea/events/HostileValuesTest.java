package dev.galatea.events;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.testsupport.HostileJson;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Tests that no value of any field makes a reader of events fail in another way than by refusing the event. */
class HostileValuesTest {

    private static final Path EXAMPLES = Path.of("../../shared-model/src/main/resources/schema/examples");

    @ParameterizedTest
    @MethodSource("dev.galatea.model.event.EventType#values")
    void shouldReadOrRefuse_whateverAFieldHolds(EventType type) throws IOException {
        int refused = 0;
        for (Path example : examples(type)) {
            for (String payload : HostileJson.variants(Files.readString(example))) {
                try {
                    EventCodec.read(type.record(), payload.getBytes(UTF_8));
                } catch (MalformedEventException e) {
                    refused++;
                    assertThat(e.getMessage()).isNotBlank();
                }
            }
        }
        assertThat(refused).isPositive();
    }

    private static List<Path> examples(EventType type) throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES.resolve(type.topic()))) {
            return files.sorted().toList();
        }
    }
}
