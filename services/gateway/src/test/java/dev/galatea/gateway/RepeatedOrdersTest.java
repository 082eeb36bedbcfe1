package dev.galatea.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.event.JobStatus;
import dev.galatea.model.id.JobId;
import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;

/** Orders with an Idempotency-Key over HTTP, whatever became of what they were made from. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class RepeatedOrdersTest extends WorkshopTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/videos/ID/remix|\"prompt\": \"make: it blue\"|\"seed\": -1, \"prompt\": \"make: it blue\"",
                "/v1/videos/ID/remix|\"prompt\": \"make: more\", \"strength\": 0.5|\"prompt\": \"make: more\"",
                "/v1/videos/ID/remix|\"prompt\": \"make: it\", \"model\": \"other\"|\"prompt\": \"make: it\"",
                "/v1/videos/edits|\"prompt\": \"make: other\", \"video\": {\"id\": \"ID\"}"
                        + "|\"prompt\": \"make: other\", \"video\": {\"id\": \"ID\"}, \"strength\": 0.3",
                "/v1/videos/extensions|\"prompt\": \"make: on\", \"video\": {\"id\": \"ID\"}, \"num_frames\": 16"
                        + "|\"prompt\": \"make: on\", \"video\": {\"id\": \"ID\"}"
            })
    void shouldAnswerTheSame_whenWhatItWasMadeFromIsGone(String path, String body, String other) {
        String original = completed("make: a ball");
        String key = JobId.random().toString();
        String first = order(key, path, body, original)
                .then()
                .statusCode(200)
                .extract()
                .path("id");
        order(key, path, body, original).then().statusCode(200).body("id", equalTo(first));

        given().delete("/v1/videos/" + original).then().statusCode(200);

        order(key, path, body, original)
                .then()
                .statusCode(200)
                .header("Location", endsWith("/v1/videos/" + first))
                .body("id", equalTo(first));
        order(key, path, other, original)
                .then()
                .statusCode(422)
                .body("code", equalTo("idempotency_key_reused"))
                .body("error.param", equalTo("Idempotency-Key"));
        order(JobId.random().toString(), path, body, original)
                .then()
                .statusCode(404)
                .body("code", equalTo("unknown_video"));
        order(null, path, body, original).then().statusCode(404);
    }

    @Test
    void shouldRefuseAgain_whenWhatItWasMadeFromIsGone() {
        String original = completed("make: a ball");
        String key = JobId.random().toString();
        String body = "\"prompt\": \"refuse: it\"";
        order(key, "/v1/videos/ID/remix", body, original).then().statusCode(400);

        given().delete("/v1/videos/" + original).then().statusCode(200);

        order(key, "/v1/videos/ID/remix", body, original).then().statusCode(400).body("code", equalTo("invalid_size"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/videos",
                "/v1/videos/sync",
                "/v1/videos/edits",
                "/v1/videos/extensions",
                "/v1/videos/ID/remix"
            })
    void shouldRefuseWhatCantBeAKey(String path) throws IOException {
        String original = completed("make: a ball");
        String body = "\"prompt\": \"make: nothing\", \"video\": {\"id\": \"ID\"}";

        assertInvalid(order("", path, body, original), "has 0 characters");
        assertInvalid(order("   ", path, body, original), "has 0 characters");
        assertInvalid(order("k".repeat(256), path, body, original), "has 256 characters");
        // By the server, which takes no such header at all.
        assertThat(raw("Idempotency-Key: a\u0001b\r\n", path.replace("ID", original)))
                .startsWith("HTTP/1.1 400");
        assertThat(raw("Idempotency-Key: a\r\nidempotency-key: a\r\n", path.replace("ID", original)))
                .startsWith("HTTP/1.1 400")
                .contains("invalid_idempotency_key", "is given 2 times");
    }

    @Test
    void shouldRemoveAnOpenState_thatNobodyMakesAnythingOf() {
        JobId forged = JobId.random();
        workshop.send(Fixtures.state(forged, JobStatus.QUEUED));
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> given().get("/v1/videos/" + forged).statusCode() == 200);

        given().delete("/v1/videos/" + forged).then().statusCode(200);

        given().get("/v1/videos/" + forged).then().statusCode(404);
    }

    /** What clients that mind their headers don't send. */
    private String raw(String headers, String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), root.getPort())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            String request = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers
                    + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    private static void assertInvalid(Response answer, String problem) {
        answer.then()
                .statusCode(400)
                .body("code", equalTo("invalid_idempotency_key"))
                .body("error.param", equalTo("Idempotency-Key"))
                .body("detail", containsString(problem));
    }

    private static String completed(String prompt) {
        String id = send(given(), "/v1/videos", "\"prompt\": \"" + prompt + "\"", "")
                .path("id");
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        (String) given().get("/v1/videos/" + id).path("status"))
                .isEqualTo("completed"));
        return id;
    }

    private static Response order(String key, String path, String body, String original) {
        return send(key == null ? given() : given().header("Idempotency-Key", key), path, body, original);
    }

    private static Response send(RequestSpecification request, String path, String body, String original) {
        return request.contentType(ContentType.JSON)
                .body("{" + body.replace("ID", original) + "}")
                .post(path.replace("ID", original));
    }
}
