package dev.galatea.model.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PrintableTextTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a red ball",
                "Fußball 日本語 ½ \\ \" {}",
                "👩‍🚀 and 👍🏽",
                "नमस्ते क्‍ष",
                "שלום עולם",
                "\uE000"
            })
    void shouldLeaveText_thatNoTerminalObeys(String text) {
        assertThat(PrintableText.line(text)).isEqualTo(text);
        assertThat(PrintableText.lines(text)).isEqualTo(text);
    }

    @Test
    void shouldEscapeEveryControlCharacter() {
        for (char c = 0; c < 0xA0; c++) {
            if (c < ' ' || c >= 0x7F) {
                assertThat(PrintableText.line("a" + c + "b")).isEqualTo(String.format("a\\u%04xb", (int) c));
            }
        }
        assertThat(PrintableText.lines("a\r\n\tb\u001b[2J")).isEqualTo("a\\u000d\n\tb\\u001b[2J");
    }

    @Test
    void shouldEscapeWhatTurnsOrHidesText() {
        assertThat(PrintableText.line("\u202Egpj.exe\u2066\u2069\u200E\uFEFF"))
                .isEqualTo("\\u202egpj.exe\\u2066\\u2069\\u200e\\ufeff");
        assertThat(PrintableText.line("a\u2028b\u2029c")).isEqualTo("a\\u2028b\\u2029c");
        assertThat(PrintableText.line("\uDB40\uDC41")).isEqualTo("\\udb40\\udc41");
        assertThat(PrintableText.line("half \uD83D pair")).isEqualTo("half \\ud83d pair");
    }

    @Test
    void shouldKeepTheMeaningOfJson() throws Exception {
        String text = "\u001b]0;title\u0007 \u009b31m \u202E";
        String json = JSON.writeValueAsString(text);

        String printable = PrintableText.line(json);

        assertThat(printable).matches("[ -~]*");
        assertThat(JSON.readValue(printable, String.class)).isEqualTo(text);
    }
}
