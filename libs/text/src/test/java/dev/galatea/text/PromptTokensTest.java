package dev.galatea.text;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.bundle.BundleManifest.Text;

import static org.assertj.core.api.Assertions.assertThat;

/** With the tokenizer of the default model. */
class PromptTokensTest {

    private static final int MAX = 8;

    @TempDir
    static Path directory;

    private static PromptTokens tokens;
    private static TextTokenizer cutting;

    @BeforeAll
    static void open() throws Exception {
        Path file = directory.resolve("tokenizer.json");
        try (InputStream in = PromptTokensTest.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json")) {
            Files.copy(in, file);
        }
        tokens = PromptTokens.open(file, new Text(MAX, 384));
        cutting = TextTokenizer.open(file, MAX);
    }

    @AfterAll
    static void close() {
        tokens.close();
        cutting.close();
    }

    @Test
    void shouldFindNothing_whenAllIsRead() {
        assertThat(tokens.excess("one two three four five six")).isEmpty();
        assertThat(tokens.excess("")).isEmpty();
    }

    @Test
    void shouldSayWhatIsRead_whenThePromptIsTooLong() {
        assertThat(tokens.excess("One two, three four five six seven"))
                .contains(new PromptTokens.Excess(10, MAX, "One two, three four five"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a red ball bounces under a blue sky, slowly, for ever",
                "ein Fuß über Österreich, größer als zwölf Äpfel und Öfen",
                "\uD83D\uDE00 \uD83D\uDE00 smile \uD83D\uDE00 and \uD83D\uDE00 again and once more \uD83D\uDE00",
                "日本の空に赤い玉が跳ねる夏の日の午後",
                "antidisestablishmentarianism and floccinaucinihilipilification"
            })
    void shouldKeepExactlyWhatTheEncoderGets(String prompt) {
        Optional<PromptTokens.Excess> excess = tokens.excess(prompt);

        assertThat(excess).isPresent();
        assertThat(prompt).startsWith(excess.get().kept());
        assertThat(cutting.tokenize(excess.get().kept())).isEqualTo(cutting.tokenize(prompt));
    }
}
