package dev.galatea.standalone;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The same services as processes of their own, started by the script that people use, finish the same job over HTTP.
 */
class SeparateProcessesIT {

    private static final int PORTS = 10;

    @TempDir
    Path directory;

    private final Path root = Path.of(System.getProperty("repository.root"));
    private final HttpClient http = HttpClient.newHttpClient();
    private int portBase;

    @BeforeEach
    void start() throws Exception {
        portBase = freePorts();
        assertThat(script("up")).as(log("up")).isZero();
    }

    @AfterEach
    void stop() throws Exception {
        assertThat(script("down")).as(log("down")).isZero();
    }

    @Test
    void shouldFinishTheSameJob() throws Exception {
        String body = """
                {"prompt": "a blue box moves left in the snow", "seed": 3, "num_inference_steps": 2,
                "num_frames": %s}""".formatted(PackagedSystem.shortest());
        JsonNode submitted = json(HttpRequest.newBuilder(uri("/v1/videos"))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(body)));
        String id = submitted.path("id").asText();

        Awaitility.await().atMost(3, TimeUnit.MINUTES).untilAsserted(() -> assertThat(
                        json(HttpRequest.newBuilder(uri("/v1/videos/" + id)))
                                .path("status")
                                .asText())
                .isEqualTo("completed"));
        byte[] clip = http.send(
                        HttpRequest.newBuilder(uri("/v1/videos/" + id + "/content"))
                                .build(),
                        BodyHandlers.ofByteArray())
                .body();
        assertThat(new String(clip, 4, 4, java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo("ftyp");
    }

    private JsonNode json(HttpRequest.Builder request) throws IOException, InterruptedException {
        return new ObjectMapper()
                .readTree(http.send(request.build(), BodyHandlers.ofString()).body());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + portBase + path);
    }

    private int script(String action) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        root.resolve("deploy/separate-processes").toString(),
                        action,
                        directory.resolve("run").toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(action + ".log").toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("GALATEA_PORT_BASE", Integer.toString(portBase));
        builder.environment().put("GALATEA_KAFKA_PORT", Integer.toString(portBase + PORTS));
        builder.environment().put("GALATEA_STORE_PORT", Integer.toString(portBase + PORTS + 1));
        Process process = builder.start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return process.exitValue();
    }

    private String log(String action) throws IOException {
        return Files.readString(directory.resolve(action + ".log"));
    }

    /** The first of a run of ports that are free now. */
    private static int freePorts() throws IOException {
        for (int base = 20_000; base < 60_000; base += 50) {
            if (free(base, PORTS + 2)) {
                return base;
            }
        }
        throw new IOException("no free ports");
    }

    private static boolean free(int base, int count) {
        for (int port = base; port < base + count; port++) {
            try (ServerSocket ignored = new ServerSocket(port)) {
                continue;
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }
}
