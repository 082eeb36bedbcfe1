package dev.galatea.gateway;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import jakarta.inject.Inject;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.galatea.events.EventPublisher;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.store.ObjectStore;
import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

/** Clients that send or take a part and then nothing: more of them than there are threads, and others are served. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
@TestProfile(CrowdTest.Narrow.class)
class CrowdTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** More than Quarkus has worker threads. */
    private static final int CROWD = 300;

    private static final int DOWNLOADS = 40;
    private static final File UPLOADS = new File("target/crowd/gateway-uploads");

    @Inject
    EventPublisher publisher;

    @Inject
    ObjectStore store;

    @TestHTTPResource("/")
    URI root;

    private final List<Socket> crowd = new ArrayList<>();

    /** Long enough for a slow machine to bring the crowd in before the first of it is turned away. */
    public static final class Narrow implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "galatea.gateway.stall-timeout", "30s",
                    "galatea.gateway.max-downloads", Integer.toString(DOWNLOADS),
                    "galatea.gateway.max-upload-bytes", "1000000",
                    "galatea.gateway.max-uploads-bytes", "2000000",
                    "galatea.work-dir", "target/crowd");
        }
    }

    @BeforeEach
    void waitUntilReady() {
        Management.awaitReady();
    }

    @AfterEach
    void sendThemHome() throws IOException {
        for (Socket socket : crowd) {
            socket.close();
        }
    }

    @Test
    void shouldServeOthers_whileBodiesAreHalfSent() throws Exception {
        String json = "POST /v1/videos HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 200\r\n\r\n{\"prompt\": \"";
        String form = "POST /v1/videos/edits HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n--b\r\n\r\n";
        for (int i = 0; i < CROWD; i++) {
            say(i % 2 == 0 ? json : form);
        }

        shouldServe();

        for (Socket socket : List.of(crowd.get(0), crowd.get(1))) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            assertThat(read(socket)).startsWith("HTTP/1.1 408").contains("body_timeout");
        }
        Awaitility.await().atMost(PATIENCE).until(() -> UPLOADS.list().length == 0);
    }

    @Test
    void shouldServeOthers_whileDownloadsStall() throws Exception {
        // More than the buffers of two sockets take.
        JobId job = completed(new byte[24_000_000]);
        for (int i = 0; i < CROWD; i++) {
            say("GET /v1/videos/" + job + "/content HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }
        List<String> answers = new ArrayList<>();
        for (Socket last : crowd.subList(DOWNLOADS, CROWD)) {
            last.setSoTimeout((int) PATIENCE.toMillis());
            answers.add(read(last));
        }
        assertThat(answers)
                .anySatisfy(
                        answer -> assertThat(answer).startsWith("HTTP/1.1 503").contains("downloads_full"));

        shouldServe();
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(threadsIn("gateway.api.Transfer"))
                .isZero());

        // Who takes nothing loses the place, and another one has it.
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        given().get("/v1/videos/" + job + "/content").asByteArray())
                .hasSize(24_000_000));
    }

    @Test
    void shouldOpenNothing_whenOnlyHeadersAreAsked() throws Exception {
        JobId job = completed(new byte[1000]);
        String path = "/v1/videos/" + job + "/content";
        String before = opened();

        for (int i = 0; i < DOWNLOADS + 50; i++) {
            given().head(path).then().statusCode(200).header("Content-Length", "1000");
        }
        given().header("Range", "bytes=0-9").head(path).then().statusCode(206).header("Content-Length", "10");

        assertThat(opened()).isEqualTo(before);
        given().get(path).then().statusCode(200);
    }

    @Test
    void shouldGivePlacesBack_whateverEndsADownload() throws Exception {
        JobId job = completed(new byte[1000]);
        String path = "/v1/videos/" + job + "/content";
        for (int i = 0; i < DOWNLOADS + 50; i++) {
            given().header("Range", "bytes=" + i + "-").get(path).then().statusCode(206);
            say("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").close();
        }

        Awaitility.await().atMost(PATIENCE).until(() -> given().get(path).statusCode() == 200);
    }

    @Test
    void shouldLimitAllUploadsTogether() throws Exception {
        String head = "--b\r\nContent-Disposition: form-data; name=\"input_reference\"; filename=\"a\"\r\n\r\n";
        for (int i = 0; i < 3; i++) {
            say("POST /v1/videos HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                    + "Content-Length: 900000\r\n\r\n" + head + "x".repeat(600_000));
        }
        Awaitility.await().atMost(PATIENCE).until(() -> UPLOADS.list().length == 3);

        given().multiPart("prompt", "a red ball")
                .multiPart("input_reference", "a.png", new byte[600_000], "image/png")
                .post("/v1/videos")
                .then()
                .statusCode(429)
                .header("Retry-After", "5")
                .body("code", equalTo("uploads_full"));

        sendThemHome();
        Awaitility.await().atMost(PATIENCE).until(() -> UPLOADS.list().length == 0);
        given().multiPart("input_reference", "a.png", new byte[600_000], "image/png")
                .post("/v1/videos")
                .then()
                .statusCode(400)
                .body("detail", startsWith("prompt: is missing"));
    }

    @Test
    void shouldServeAClipAsWhatItIs_whateverItsEventSays() throws Exception {
        JobId job = JobId.random();
        byte[] script = "<script>alert(1)</script>".getBytes(ISO_8859_1);
        ObjectRef page = store.put(ObjectKeys.clip(job, Sha256.of(script)), "text/html", script);
        publish(job, new Clip(page, page, null, 96, 64, 33, 8));

        given().get("/v1/videos/" + job + "/content")
                .then()
                .contentType("video/mp4")
                .header("X-Content-Type-Options", "nosniff")
                .header("Content-Security-Policy", containsString("sandbox"))
                .header("Cross-Origin-Resource-Policy", "same-origin");
        given().get("/v1/videos/" + job + "/content?variant=thumbnail").then().contentType("image/jpeg");
    }

    private void shouldServe() {
        long start = System.nanoTime();
        given().get("/v1/models").then().statusCode(200);
        given().get("/v1/pipeline").then().statusCode(200);
        given().body("{}")
                .contentType("application/json")
                .post("/v1/videos")
                .then()
                .statusCode(400);
        given().get(Management.at("/q/health/ready")).then().statusCode(200);
        given().get(Management.at("/q/metrics")).then().statusCode(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }

    /** Threads that are in a class's code at the moment. */
    private static long threadsIn(String name) {
        return Thread.getAllStackTraces().values().stream()
                .filter(stack -> Arrays.stream(stack)
                        .anyMatch(frame -> frame.getClassName().endsWith(name)))
                .count();
    }

    @Test
    void shouldTellReadersNotToKeepStreams_andNotMindThatTheyLeave() throws Exception {
        JobId job = JobId.random();
        publish(job, JobStatus.RUNNING, null);
        LoggedErrors errors = new LoggedErrors();
        try (errors) {
            for (int i = 0; i < 50; i++) {
                Socket reader = say("GET /v1/videos/" + job + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
                if (i == 0) {
                    reader.setSoTimeout((int) PATIENCE.toMillis());
                    assertThat(read(reader).toLowerCase(Locale.ROOT))
                            .contains("cache-control: no-cache", "x-accel-buffering: no");
                }
                // With a reset, as of a process that was killed.
                reader.setSoLinger(true, 0);
                reader.close();
            }
            publish(job, JobStatus.COMPLETED, null);
            given().get("/v1/models").then().statusCode(200);
        }
        assertThat(errors.messages()).isEmpty();
    }

    /** How often an object was opened, as the metrics have it. */
    private static String opened() {
        return given().get(Management.at("/q/metrics"))
                .asString()
                .lines()
                .filter(line -> line.startsWith("galatea_store_call_seconds_count") && line.contains("\"open\""))
                .findFirst()
                .orElse("never");
    }

    private Socket say(String text) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), root.getPort());
        crowd.add(socket);
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
        return socket;
    }

    private static String read(Socket socket) throws IOException {
        byte[] bytes = new byte[4096];
        int length = socket.getInputStream().read(bytes);
        return length < 0 ? "" : new String(bytes, 0, length, ISO_8859_1);
    }

    private JobId completed(byte[] bytes) throws Exception {
        JobId job = JobId.random();
        ObjectRef video = store.put(ObjectKeys.clip(job, Sha256.of(bytes)), "video/mp4", bytes);
        return publish(job, new Clip(video, video, null, 96, 64, 33, 8));
    }

    private JobId publish(JobId job, Clip clip) throws Exception {
        return publish(job, JobStatus.COMPLETED, clip);
    }

    private JobId publish(JobId job, JobStatus status, @Nullable Clip clip) throws Exception {
        publisher.publish(
                new CloudEvent(EventIds.random(), "/test", Fixtures.NOON, Fixtures.state(job, status, clip, null)));
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(200, TimeUnit.MILLISECONDS)
                .until(() -> given().get("/v1/videos/" + job).statusCode() == 200);
        return job;
    }
}
