package dev.galatea.examples.passthrough;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code docs/extending.md} shows is in the files that it names, which the build compiles and tests. */
class ExtendingDocumentTest {

    private static final Path ROOT = Path.of("../../..");
    private static final Pattern BLOCK = Pattern.compile("(?:<!-- (\\S+) -->\n)?```(\\w+)\n(.*?)```", Pattern.DOTALL);

    @Test
    void shouldShowWhatTheFilesSay() throws IOException {
        Matcher block = BLOCK.matcher(Files.readString(ROOT.resolve("docs/extending.md")));
        int blocks = 0;

        while (block.find()) {
            assertThat(block.group(1)).as("the file of:\n" + block.group(3)).isNotNull();
            assertThat(Files.readString(ROOT.resolve(block.group(1)))).contains(block.group(3));
            blocks++;
        }
        assertThat(blocks).isPositive();
    }
}
