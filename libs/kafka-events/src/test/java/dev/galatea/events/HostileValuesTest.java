package dev.galatea.events;

import java.io.IOException;

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

    @ParameterizedTest
    @MethodSource("dev.galatea.model.event.EventType#values")
    void shouldReadOrRefuse_whateverAFieldHolds(EventType type) throws IOException {
        int refused = 0;
        for (String payload : HostileJson.events(type)) {
            try {
                EventCodec.read(type.record(), payload.getBytes(UTF_8));
            } catch (MalformedEventException e) {
                refused++;
                assertThat(e.getMessage()).isNotBlank();
            }
        }
        assertThat(refused).isPositive();
    }
}
