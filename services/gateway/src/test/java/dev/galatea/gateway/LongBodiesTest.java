package dev.galatea.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.List;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.id.JobId;
import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

/** Bodies above the limits, on every route, whether they say how long they are or not. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class LongBodiesTest {

    private static final int MOST = 10 << 20;
    private static final int PATIENCE = 60_000;

    @TestHTTPResource("/")
    URI root;

    @BeforeEach
    void waitUntilReady() {
        Management.awaitReady();
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/videos",
        "POST, /v1/videos/sync",
        "POST, /v1/videos/edits",
        "POST, /v1/videos/extensions",
        "POST, /v1/videos/ID/remix",
        "POST, /v1/videos/ID/cancel",
        "DELETE, /v1/videos/ID",
        "GET, /v1/models",
        "PUT, /v1/videos",
        "POST, /nothing/here",
        "POST, /ui/app.js"
    })
    void shouldSayWhatIsTheMost_whenTheLengthIsAboveIt(String method, String path) throws IOException {
        String head = method + " " + path.replace("ID", JobId.random().toString())
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ";

        assertTooLarge(exchange(root, head + (MOST + 1) + "\r\n\r\n{"), MOST);
        assertTooLarge(exchange(root, head + "9999999999999\r\n\r\n{"), MOST);
    }

    @Test
    void shouldSayWhatIsTheMost_onTheManagementInterface() throws IOException {
        URI management = URI.create(Management.at("/"));
        String head = "POST /q/health HTTP/1.1\r\nHost: localhost\r\n";

        for (int length : List.of(65_537, 300_000, MOST + 1)) {
            String request = head + "Content-Length: " + length + "\r\n\r\n" + "x".repeat(length);
            assertTooLarge(exchange(management, request), 65_536);
        }
        String chunked = head + "Transfer-Encoding: chunked\r\n\r\n" + chunks("x".repeat(300_000));
        assertTooLarge(exchange(management, chunked), 65_536);
    }

    @Test
    void shouldBeHeard_byAClientThatSendsAllOfIt() {
        given().contentType("application/json")
                .body(new byte[MOST + 1])
                .post("/v1/videos")
                .then()
                .statusCode(413)
                .contentType("application/problem+json")
                .header("x-request-id", startsWith("req_"))
                .body("instance", equalTo("/v1/videos"))
                .body("code", equalTo("body_too_large"))
                .body("error.type", equalTo("invalid_request_error"))
                .body("error.param", equalTo("Content-Length"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/videos", "/v1/videos/sync", "/v1/videos/edits", "/v1/videos/extensions"})
    void shouldCountBodies_thatDontSayHowLongTheyAre(String path) throws IOException {
        String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Type: ";
        String part = "--b\r\nContent-Disposition: form-data; name=\"video\"; filename=\"a\"\r\n\r\n";

        assertTooLarge(
                exchange(root, head + "application/json\r\n\r\n" + chunks("{\"prompt\": \"" + "x".repeat(300_000))),
                262_144);
        assertTooLarge(
                exchange(
                        root,
                        head + "application/x-www-form-urlencoded\r\n\r\n" + chunks("prompt=" + "x".repeat(300_000))),
                262_144);
        assertTooLarge(
                exchange(
                        root, head + "multipart/form-data; boundary=b\r\n\r\n" + chunks(part + "x".repeat(12_000_000))),
                8 << 20);
    }

    @Test
    void shouldNotMind_whatNobodyReads() throws IOException {
        String head = "POST /v1/videos/" + JobId.random() + "/cancel HTTP/1.1\r\nHost: localhost\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n";

        assertThat(exchange(root, head + chunks("x".repeat(12_000_000))))
                .startsWith("HTTP/1.1 404")
                .contains("unknown_video");
    }

    private static void assertTooLarge(String answer, int most) {
        assertThat(answer)
                .startsWith("HTTP/1.1 413")
                .containsIgnoringCase("content-type: application/problem+json")
                .contains("\"code\":\"body_too_large\"", Integer.toString(most));
    }

    private static String chunks(String text) {
        StringBuilder chunked = new StringBuilder();
        for (int from = 0; from < text.length(); from += 60_000) {
            String piece = text.substring(from, Math.min(text.length(), from + 60_000));
            chunked.append(Integer.toHexString(piece.length()))
                    .append("\r\n")
                    .append(piece)
                    .append("\r\n");
        }
        return chunked + "0\r\n\r\n";
    }

    /** Sends all, and then reads the first part of the answer, as simple clients do. */
    private static String exchange(URI door, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.getPort())) {
            socket.setSoTimeout(PATIENCE);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            byte[] bytes = new byte[8192];
            StringBuilder answer = new StringBuilder();
            int length = socket.getInputStream().read(bytes);
            while (length >= 0 && !answer.toString().contains("}")) {
                answer.append(new String(bytes, 0, length, ISO_8859_1));
                length = answer.toString().contains("}")
                        ? -1
                        : socket.getInputStream().read(bytes);
            }
            return answer.toString();
        }
    }
}
