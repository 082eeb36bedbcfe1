package dev.galatea.gateway;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
 * The behaviours that the endpoint tests of other servers of the dialect look at: {@code system-tests/dialect} against
 * this server. Needs Python 3; without it, it is skipped and says so.
 */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class PeerDialectsTest {

    private static final Pattern RAN = Pattern.compile("Ran (\\d+) tests");
    private static final int TESTS = 33;

    @Inject
    EventPublisher publisher;

    @Inject
    ObjectStore store;

    @TestHTTPResource("/")
    URI root;

    @TempDir
    Path directory;

    @Test
    void shouldBehaveAsOtherServersDo() throws Exception {
        boolean hasPython = run("python3", "--version") == 0;
        if (!hasPython) {
            System.out.println("skipped: the behaviours of other servers were not tried, because python3 is not there");
        }
        Assumptions.assumeTrue(hasPython, "python3 is not there");
        Workshop workshop = Workshop.ofReadyGateway(publisher, store);
        try {
            int exitCode = run("python3", "-B", "-m", "unittest", "discover", "-v", "-s", "../../system-tests/dialect");

            String output = Files.readString(directory.resolve("log"), UTF_8);
            assertThat(exitCode).as(output).isZero();
            Matcher ran = RAN.matcher(output);
            assertThat(ran.find()).as(output).isTrue();
            assertThat(Integer.parseInt(ran.group(1))).isGreaterThanOrEqualTo(TESTS);
        } finally {
            workshop.close();
        }
    }

    private int run(String... command) throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile());
        builder.environment().put("GALATEA_URL", root.toString().replaceAll("/$", ""));
        try {
            Process process = builder.start();
            if (!process.waitFor(4, TimeUnit.MINUTES)) {
                process.destroyForcibly().waitFor();
            }
            return process.exitValue();
        } catch (IOException e) {
            return 127;
        }
    }
}
