package dev.galatea.gateway;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.testsupport.SharedSystemResource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** The programs in {@code docs/openai-sdk.md} are the files in {@code examples/openai-sdk}, and these work. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class OpenAiSdkDocumentTest extends WorkshopTest {

    private static final Path DOCUMENT = Path.of("../../docs/openai-sdk.md");
    private static final Path EXAMPLES = Path.of("../../examples/openai-sdk");
    private static final Pattern BLOCK =
            Pattern.compile("<!-- examples/openai-sdk/(\\S+) -->\n```\\w+\n(.*?)```", Pattern.DOTALL);

    @TestHTTPResource("/v1")
    URI base;

    @TempDir
    Path directory;

    @Test
    void shouldShowThePrograms() throws Exception {
        List<String> shown = new ArrayList<>();
        Matcher block = BLOCK.matcher(Files.readString(DOCUMENT));
        while (block.find()) {
            shown.add(block.group(1));
            assertThat(block.group(2)).isEqualTo(Files.readString(EXAMPLES.resolve(block.group(1))));
        }

        assertThat(shown).containsExactly("order.py", "order.mjs", "order.sh");
    }

    @Test
    void shouldOrderWithCurl() throws Exception {
        require(run("curl", "--version"), "curl is not there");

        assertThat(run("sh", EXAMPLES.resolve("order.sh").toAbsolutePath().toString(), "make: a ball"))
                .as(output())
                .isZero();
        assertThat(directory.resolve("ball.mp4")).hasBinaryContent(Workshop.CLIP);
    }

    @Test
    void shouldOrderWithPython() throws Exception {
        require(run("python3", "-c", "import openai"), "python3 has no openai");

        assertThat(run("python3", EXAMPLES.resolve("order.py").toAbsolutePath().toString(), "make: a ball"))
                .as(output())
                .isZero();
        assertThat(output()).endsWith(" 96x64 4.125 7\n");
        assertThat(directory.resolve("ball.mp4")).hasBinaryContent(Workshop.CLIP);
    }

    @Test
    void shouldOrderWithNode() throws Exception {
        for (String file : List.of("package.json", "package-lock.json")) {
            Files.copy(Path.of("src/test/node", file), directory.resolve(file));
        }
        Files.copy(EXAMPLES.resolve("order.mjs"), directory.resolve("order.mjs"));
        require(run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"), "npm can't install the client");

        assertThat(run("node", "order.mjs", "make: a ball")).as(output()).isZero();
        assertThat(output()).endsWith(" 96x64 4.125 7\n");
        assertThat(directory.resolve("ball.mp4")).hasBinaryContent(Workshop.CLIP);
    }

    private static void require(int exitCode, String otherwise) {
        if (exitCode != 0) {
            System.out.println("skipped: an example of docs/openai-sdk.md was not tried, because " + otherwise);
        }
        Assumptions.assumeTrue(exitCode == 0, otherwise);
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("log"), UTF_8);
    }

    private int run(String... command) throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile());
        builder.environment().put("GALATEA_URL", base.toString());
        try {
            Process process = builder.start();
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly().waitFor();
            }
            return process.exitValue();
        } catch (IOException e) {
            return 127;
        }
    }
}
