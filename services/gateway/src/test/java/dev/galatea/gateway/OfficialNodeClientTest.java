package dev.galatea.gateway;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import jakarta.inject.Inject;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.events.EventPublisher;
import dev.galatea.store.ObjectStore;
import dev.galatea.testsupport.SharedSystemResource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The official Node client, as it comes, against this server: {@code src/test/node/contract.mjs} with the version of
 * {@code openai} that is pinned beside it. Needs Node.js and npm, and npm's registry; without them it is skipped, and
 * says so.
 */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class OfficialNodeClientTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<String> FILES = List.of("package.json", "package-lock.json", "contract.mjs");

    @Inject
    EventPublisher publisher;

    @Inject
    ObjectStore store;

    @TestHTTPResource("/v1")
    URI base;

    @TempDir
    Path directory;

    @Test
    void shouldServeTheOfficialClient() throws Exception {
        for (String file : FILES) {
            Files.copy(Path.of("src/test/node", file), directory.resolve(file));
        }
        require(run("node", "--version"), "Node.js is not there (Debian package nodejs)");
        require(
                run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"),
                "npm can't install the client (Debian package npm)");
        Management.awaitReady();
        Workshop workshop = new Workshop(publisher, store);
        try {
            Output contract = run("node", "--test", "contract.mjs");

            assertThat(contract.exitCode()).as(contract.text()).isZero();
            assertThat(contract.text()).containsPattern("pass 4\\b");
        } finally {
            workshop.close();
        }
    }

    private record Output(int exitCode, String text) {}

    private static void require(Output output, String otherwise) {
        if (output.exitCode() != 0) {
            System.out.println("skipped: the official Node client was not tried, because " + otherwise + ": "
                    + output.text().strip());
        }
        Assumptions.assumeTrue(output.exitCode() == 0, otherwise);
    }

    private Output run(String... command) throws IOException, InterruptedException {
        Path log = directory.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        Map<String, String> environment = builder.environment();
        environment.put("GALATEA_URL", base.toString());
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return new Output(127, e.getMessage());
        }
        if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly().waitFor();
        }
        return new Output(process.exitValue(), Files.readString(log, UTF_8));
    }
}
