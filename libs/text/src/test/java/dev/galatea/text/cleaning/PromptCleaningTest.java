package dev.galatea.text.cleaning;

import java.io.IOException;
import java.io.InputStream;
import java.util.Random;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.bundle.BundleManifest.Cleaning;

import static org.assertj.core.api.Assertions.assertThat;

/** Against {@code cleaning.json}, which src/test/python/make_cleaning_fixtures.py writes with ftfy and diffusers. */
class PromptCleaningTest {

    @Test
    void shouldCleanAsDiffusersDoesForWan() throws IOException {
        JsonNode cases = cases();
        assertThat(cases.size()).isGreaterThan(150);
        SoftAssertions all = new SoftAssertions();
        for (JsonNode one : cases) {
            String text = one.get("text").asText();
            all.assertThat(PromptCleaning.clean(Cleaning.WAN, text))
                    .as(text)
                    .isEqualTo(one.get("cleaned").asText());
        }
        all.assertAll();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  two  spaces ", "&amp; “quoted”", "cafÃ©"})
    void shouldLeaveTextsAlone_whenThereIsNothingToClean(String text) {
        assertThat(PromptCleaning.clean(Cleaning.NONE, text)).isEqualTo(text);
    }

    @Test
    void shouldEnd_whateverTheText() {
        Random random = new Random(27);
        for (int round = 0; round < 500; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                text.append((char) random.nextInt(i % 3 == 0 ? 0x10000 : 0x180));
            }
            assertThat(PromptCleaning.clean(Cleaning.WAN, text.toString())).doesNotContain("\n", "\u0007", "  ");
        }
    }

    private static JsonNode cases() throws IOException {
        try (InputStream in = PromptCleaningTest.class.getResourceAsStream("/cleaning.json")) {
            return new ObjectMapper().readTree(in);
        }
    }
}
