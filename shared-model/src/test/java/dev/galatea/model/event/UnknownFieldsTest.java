package dev.galatea.model.event;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class UnknownFieldsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'prompt': 'p', 'num_frames': 16}|num_frames",
                "{'prompt': 'p', 'settings': {}}|settings",
                "{'prompt': 'p', 'Seed': 1}|Seed",
                "{'reference': {'role': 'video', 'mask': 1}}|reference.mask",
                "{'reference': {'role': 'video', 'object': {'etag': 1}}}|reference.object.etag"
            })
    void shouldFindWhatNoPromptHas(String payload, String field) {
        assertThat(UnknownFields.first(bytes(payload))).contains(field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'jobId': 'j', 'prompt': 'p', 'frames': 1, 'seconds': null, 'remixOf': 'a', 'x-mine': 1, 'x_mine': 2}",
                "{'reference': {'role': 'video', 'object': {'key': 'a', 'sha256': 'b'}, 'strength': 1}}",
                "{'reference': 'none'}",
                "[]",
                "no JSON"
            })
    void shouldPassOverTheRest(String payload) {
        assertThat(UnknownFields.first(bytes(payload))).isEmpty();
    }

    @Test
    void shouldKnowEveryFieldOfTheSchema() {
        assertThat(Schemas.of(EventType.PROMPT_SUBMITTED)
                        .at("/properties")
                        .node()
                        .fieldNames())
                .toIterable()
                .containsExactlyInAnyOrderElementsOf(UnknownFields.known());
    }

    private static byte[] bytes(String payload) {
        return payload.replace('\'', '"').getBytes(UTF_8);
    }
}
