package dev.galatea.gateway;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import dev.galatea.model.event.JobStatus;
import dev.galatea.model.id.JobId;
import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

/** A video of which admission has not said anything yet: it is queued, and so says every answer about it. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class AwaitedVideosTest extends WorkshopTest {

    @Test
    void shouldBeQueued_untilAdmissionSaysMore() {
        String awaited = given().contentType(ContentType.JSON)
                .body("{\"prompt\": \"nobody answers\"}")
                .post("/v1/videos")
                .then()
                .statusCode(200)
                .body("status", equalTo("queued"))
                .extract()
                .path("id");

        shouldMakeNothingOfIt(awaited, "/v1/videos/" + awaited + "/remix", "");
        shouldMakeNothingOfIt(awaited, "/v1/videos/" + awaited + "/remix", ", \"strength\": 0.5");
        String video = ", \"video\": {\"id\": \"" + awaited + "\"}";
        shouldMakeNothingOfIt(awaited, "/v1/videos/edits", video);
        shouldMakeNothingOfIt(awaited, "/v1/videos/extensions", video + ", \"num_frames\": 16");

        // It would come back.
        given().delete("/v1/videos/" + awaited).then().statusCode(409).body("code", equalTo("not_done"));
        given().get("/v1/videos/" + awaited).then().statusCode(200).body("status", equalTo("queued"));

        workshop.send(Fixtures.state(JobId.parse(awaited), JobStatus.CANCELLED));
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> given().get("/v1/videos/" + awaited).path("status").equals("failed"));
        given().delete("/v1/videos/" + awaited).then().statusCode(200);
        given().get("/v1/videos/" + awaited).then().statusCode(404);
    }

    private static void shouldMakeNothingOfIt(String awaited, String path, String fields) {
        for (Map<String, String> key : List.of(
                Map.<String, String>of(),
                Map.of("Idempotency-Key", JobId.random().toString()))) {
            given().headers(key)
                    .contentType(ContentType.JSON)
                    .body("{\"prompt\": \"make: it\"" + fields + "}")
                    .post(path)
                    .then()
                    .statusCode(409)
                    .body("code", equalTo("not_completed"))
                    .body("detail", containsString("video " + awaited + " is queued"));
        }
    }
}
