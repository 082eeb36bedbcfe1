package dev.galatea.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.id.JobId;
import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

/** What requests say of themselves is no label of a metric: each value would be kept for ever. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class RequestLabelsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TestHTTPResource("/")
    URI root;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TELLING /v1/models HTTP/1.1\r\nHost: localhost\r\n",
                "TELLING /v1/telling HTTP/1.1\r\nHost: localhost\r\n",
                "TELLING /v1/videos/telling/content HTTP/1.1\r\nHost: localhost\r\n",
                "GET /v1/videos/telling/content HTTP/1.1\r\nHost: telling.example\r\n",
                "GET /v1/videos/telling%zz/content HTTP/1.1\r\nHost: localhost\r\n",
                "PUT /v1/videos/telling/content HTTP/1.1\r\nHost: localhost\r\n",
                "POST /v1/videos/telling/cancel HTTP/1.1\r\nHost: localhost\r\nOrigin: https://telling.example\r\n",
                "GET /v1/videos/telling/previews HTTP/1.1\r\nHost: localhost\r\nAccept: telling\r\n",
                "OPTIONS /v1/videos/telling/events HTTP/1.1\r\nHost: localhost\r\n",
                "GET /telling/{id} HTTP/1.1\r\nHost: localhost\r\n",
                "GET /ui/telling HTTP/1.1\r\nHost: localhost\r\n",
                "GET /TELLING HTTP/1.1\r\nHost: localhost\r\nRange: bytes=9-1\r\n",
                "POST /v1/telling HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=\r\n"
            })
    void shouldHaveLabelsOfOurOwn(String request) throws IOException {
        for (URI door : List.of(root, URI.create(Management.at("/")))) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.getPort())) {
                socket.setSoTimeout((int) PATIENCE.toMillis());
                socket.getOutputStream().write((request + "Connection: close\r\n\r\n").getBytes(ISO_8859_1));
                assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
            }
        }

        assertThat(requests()).isNotEmpty().noneMatch(line -> line.toLowerCase(Locale.ROOT)
                .contains("telling"));
    }

    @Test
    void shouldHaveLabelsOfOurOwn_whenAClientLeaves() throws Exception {
        JobId job = JobId.random();
        double before = left();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), root.getPort())) {
            String request =
                    "TELLING /v1/videos/" + job + "/remix HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{";
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            socket.setSoLinger(true, 0);
            Thread.sleep(200);
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), root.getPort())) {
            String request = "POST /v1/videos HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 9\r\n\r\n{";
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            socket.setSoLinger(true, 0);
            Thread.sleep(200);
        }

        Awaitility.await().atMost(PATIENCE).until(() -> left() > before);
        assertThat(requests()).noneMatch(line -> line.contains("TELLING") || line.contains(job.toString()));
    }

    @Test
    void shouldTellResourcesApart() {
        given().get("/v1/videos/" + JobId.random()).then().statusCode(404);
        given().get("/v1/models").then().statusCode(200);
        given().get("/").then().statusCode(200);
        given().get("/nothing").then().statusCode(404);

        assertThat(requests())
                .anyMatch(line -> line.contains("method=\"GET\"") && line.contains("uri=\"/v1/videos/{id}\""))
                .anyMatch(line -> line.contains("method=\"GET\"") && line.contains("uri=\"/v1/models\""))
                .anyMatch(line -> line.contains("uri=\"root\""))
                .noneMatch(line -> line.contains("uri=\"/q/"));
    }

    private static double left() {
        return requests().stream()
                .filter(line -> line.contains("RESET"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static List<String> requests() {
        return given().get(Management.at("/q/metrics"))
                .asString()
                .lines()
                .filter(line -> line.startsWith("http_server_requests_seconds_count"))
                .toList();
    }
}
