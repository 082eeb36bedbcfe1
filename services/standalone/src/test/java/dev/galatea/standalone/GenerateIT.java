package dev.galatea.standalone;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.embedded.Ports;
import dev.galatea.standalone.PackagedSystem.Outcome;
import dev.galatea.standalone.cli.ExitCodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** The main job, as the README's first command does it: the packaged system, the real model, a real MP4. */
class GenerateIT {

    private static final String PROMPT = "a red ball bounces under a blue sky";

    @TempDir
    Path directory;

    @Test
    void shouldWriteTheSameClip_whenPromptAndSeedAreTheSame() throws Exception {
        PackagedSystem system = new PackagedSystem(directory);
        Path first = directory.resolve("first.mp4");
        Path second = directory.resolve("second.mp4");

        Outcome one = generate(system, first);
        Outcome two = generateWhileServing(system, second);

        assertThat(one.exitCode()).as(one.err()).isEqualTo(ExitCodes.DONE);
        assertThat(two.exitCode()).as(two.err()).isEqualTo(ExitCodes.DONE);
        assertThat(first).hasSameBinaryContentAs(second);
        assertThat(new String(Files.readAllBytes(first), 4, 4, java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo("ftyp");
        JsonNode json = one.json();
        assertThat(json.path("status").asText()).isEqualTo("completed");
        assertThat(json.path("seed").asLong()).isEqualTo(7);
        assertThat(json.path("steps").asInt()).isEqualTo(4);
        assertThat(json.path("frames").asText()).isEqualTo(PackagedSystem.shortest());
        assertThat(json.path("width").asInt())
                .isEqualTo(PackagedSystem.model().defaults().width());
        assertThat(json.path("stage_seconds").fieldNames())
                .toIterable()
                .contains("text-conditioning", "denoising", "decoding");
    }

    @Test
    void shouldNameValidValues_whenSizeIsOffTheGrid() throws Exception {
        Outcome outcome = new PackagedSystem(directory).run("generate", PROMPT, "--size", "100x100", "--json");

        assertThat(outcome.exitCode()).isEqualTo(ExitCodes.WRONG_USE);
        assertThat(outcome.err()).contains("--size: 100x100").contains("nearest valid is 128x128");
        assertThat(outcome.json().path("status").asText()).isEqualTo("refused");
    }

    @Test
    void shouldCancelTheJob_whenInterrupted() throws Exception {
        assumeThat(ignoresInterrupts())
                .as("whoever started this build ignores SIGINT, and so do its children: they can't be interrupted")
                .isFalse();
        Path out = directory.resolve("out.txt");
        Path err = directory.resolve("err.txt");
        Process process = new PackagedSystem(directory)
                .start(out, err, "generate", PROMPT, "--steps", "100", "--out", directory + "/never.mp4");
        Awaitility.await().atMost(3, TimeUnit.MINUTES).untilAsserted(() -> assertThat(Files.readString(err))
                .contains("denoising"));

        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();

        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isEqualTo(ExitCodes.INTERRUPTED);
        assertThat(Files.readString(err)).contains("is cancelled");
        assertThat(directory.resolve("never.mp4")).doesNotExist();
    }

    /** Its job goes on at the next start, which has no logs of the broker to recover. */
    @Test
    void shouldStopInOrder_whenItIsAskedToEnd() throws Exception {
        Path err = directory.resolve("err.txt");
        Process process = new PackagedSystem(directory)
                .start(
                        directory.resolve("out.txt"),
                        err,
                        "generate",
                        PROMPT,
                        "--steps",
                        "100",
                        "--out",
                        directory + "/never.mp4");
        Awaitility.await().atMost(3, TimeUnit.MINUTES).untilAsserted(() -> assertThat(Files.readString(err))
                .contains("denoising"));

        process.destroy();

        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(directory.resolve("data/broker/.kafka_cleanshutdown")).exists();
    }

    /** Signals that a process ignores are ignored by the programs it starts; SIGINT is the second bit of the mask. */
    private static boolean ignoresInterrupts() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(line ->
                                (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
    }

    /** A system that is up in the data directory makes the clip; then it is stopped, while somebody follows events. */
    private Outcome generateWhileServing(PackagedSystem system, Path file) throws Exception {
        int[] ports = Ports.free(4);
        Path out = directory.resolve("serve-out.txt");
        Path err = directory.resolve("serve-err.txt");
        Process serving = system.start(
                out,
                err,
                "serve",
                "--port=" + ports[0],
                "--management-port=" + ports[1],
                "--kafka-port=" + ports[2],
                "--store-port=" + ports[3]);
        try {
            Awaitility.await().atMost(3, TimeUnit.MINUTES).untilAsserted(() -> assertThat(Files.readString(out))
                    .contains("Galatea is up"));
            Outcome outcome = generate(system, file);
            HttpRequest events = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports[0] + "/v1/events"))
                    .build();
            HttpResponse<Stream<String>> followed = HttpClient.newHttpClient().send(events, BodyHandlers.ofLines());
            serving.destroy();
            // It ends in order: reading from a stream that is cut fails.
            assertThat(followed.body()).isNotEmpty();
            return outcome;
        } finally {
            serving.destroy();
            assertThat(serving.waitFor(1, TimeUnit.MINUTES)).isTrue();
            // The broker has stopped in order, so that the next start has nothing to recover.
            assertThat(directory.resolve("data/broker/.kafka_cleanshutdown")).exists();
        }
    }

    private static Outcome generate(PackagedSystem system, Path file) throws Exception {
        return system.run(
                "generate",
                PROMPT,
                "--frames",
                PackagedSystem.shortest(),
                "--seed",
                "7",
                "--steps",
                "4",
                "--json",
                "--out",
                file.toString());
    }
}
