package dev.galatea.gateway;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.id.JobId;
import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.startsWith;

/** Orders as clients write them that were made for other servers of the dialect, on the real broker and store. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class DialectApiTest extends WorkshopTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    void shouldTakeUrlEncodedForms() {
        PromptSubmitted prompt = ordered(given().contentType(ContentType.URLENC)
                .formParam("prompt", "make: a héron")
                .formParam("num_frames", "33")
                .formParam("seconds", "4")
                .formParam("seed", "9007199254740993")
                .formParam("size", "")
                .formParam("model", "sora-2")
                .formParam("video_reference", "{\"video_url\": \"https://media.example/a.mp4\"}")
                .post("/v1/videos"));

        assertThat(prompt.prompt()).isEqualTo("make: a héron");
        assertThat(prompt.settings().frames()).isEqualTo(33);
        assertThat(prompt.seconds()).isNull();
        assertThat(prompt.settings().seed()).isEqualTo(9007199254740993L);
        assertThat(prompt.settings().model()).isNull();
        assertThat(prompt.settings().reference().role()).isEqualTo(ReferenceMedia.Role.VIDEO);
        assertThat(prompt.settings().reference().url()).isEqualTo("https://media.example/a.mp4");
    }

    @Test
    void shouldSayTheExactSeed() throws Exception {
        String id = given().contentType(ContentType.JSON)
                .body("{\"prompt\": \"make: it\", \"seed\": 9223372036854775807}")
                .post("/v1/videos")
                .path("id");
        Awaitility.await().atMost(PATIENCE).until(() -> "completed"
                .equals(given().get("/v1/videos/" + id).path("status")));

        JsonNode video =
                new ObjectMapper().readTree(given().get("/v1/videos/" + id).asString());
        assertThat(video.path("seed").asText()).isEqualTo("9223372036854775807");
        assertThat(video.path("expires_at").asLong())
                .isEqualTo(video.path("completed_at").asLong() + 7 * 24 * 3600);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "seed=1|invalid_request|prompt",
                "prompt=refuse: it&size=1x1|invalid_size|size",
                "prompt=make: it&seconds=2d|invalid_request|seconds",
                "prompt=make: it&flow_shift=5|unsupported_field|flow_shift",
                "prompt=make: it&extra_params={\"lora\":1}|unsupported_field|extra_params.lora",
                "prompt=make: it&seed=18446744073709551616|invalid_request|seed"
            })
    void shouldNameTheField_asTheCallerDoes(String form, String code, String param) {
        given().contentType(ContentType.URLENC)
                .body(form.replace("\"", "%22").replace(' ', '+'))
                .post("/v1/videos")
                .then()
                .statusCode(400)
                .body("code", equalTo(code))
                .body("error.param", equalTo(param));
    }

    @Test
    void shouldNameThePrompt_whenAFormHasNoPart() throws Exception {
        // So writes the official Python client an order whose only field is an empty text.
        HttpRequest request = HttpRequest.newBuilder(root.resolve("/v1/videos"))
                .header("Content-Type", "multipart/form-data; boundary=b")
                .POST(HttpRequest.BodyPublishers.ofString("--b--\r\n"))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"param\":\"prompt\"");
    }

    @Test
    void shouldNameTheField_thatAnIdCameIn() {
        given().get("/v1/videos?after=no-id")
                .then()
                .statusCode(400)
                .body("code", equalTo("invalid_after"))
                .body("error.param", equalTo("after"));
        given().contentType(ContentType.JSON)
                .body("{\"prompt\": \"make: it\", \"video\": {\"id\": \"no-id\"}}")
                .post("/v1/videos/edits")
                .then()
                .statusCode(404)
                .body("error.param", equalTo("video"));
    }

    @Test
    void shouldAnswerWithTheClip_whenOneWaitsForIt() {
        Response clip = given().contentType(ContentType.URLENC)
                .formParam("prompt", "make: it at once")
                .header("X-Request-Id", "mine-1")
                .post("/v1/videos/sync");

        clip.then()
                .statusCode(200)
                .contentType("video/mp4")
                .header("x-request-id", equalTo("mine-1"))
                .header("x-model", equalTo("pebble"))
                .header("x-inference-time-s", matchesPattern("\\d+(\\.\\d+)?"))
                .header("x-stage-durations", equalTo("{\"denoising\":2.0}"))
                .header(
                        "Content-Disposition",
                        equalTo("inline; filename=\"galatea-" + clip.header("x-video-id") + ".mp4\""));
        assertThat(clip.asByteArray()).isEqualTo(Workshop.CLIP);
        given().get(clip.header("Location")).then().body("status", equalTo("completed"));
    }

    @Test
    void shouldAnswerWithTheClip_alsoWhenItIsThereAlready() {
        for (int i = 0; i < 2; i++) {
            Response clip = given().header("Idempotency-Key", "wait for it")
                    .multiPart("prompt", "make: it once")
                    .post("/v1/videos/sync");

            assertThat(clip.statusCode()).isEqualTo(200);
            assertThat(clip.asByteArray()).isEqualTo(Workshop.CLIP);
        }
    }

    @Test
    void shouldTellTheId_whenTheClipIsNotThereInTime() {
        Response late = given().multiPart("prompt", "hold: it").post("/v1/videos/sync");

        late.then().statusCode(504).body("code", equalTo("not_done_in_time"));
        String id = late.path("video_id");
        assertThat(late.header("Location")).endsWith("/v1/videos/" + id);
        given().get("/v1/videos/" + id).then().body("status", equalTo("in_progress"));
        given().post("/v1/videos/" + id + "/cancel").then().statusCode(200);
    }

    @Test
    void shouldSayWhyThereIsNoClip() {
        given().multiPart("prompt", "refuse: it")
                .multiPart("size", "1x1")
                .post("/v1/videos/sync")
                .then()
                .statusCode(400)
                .body("code", equalTo("invalid_size"))
                .body("error.param", equalTo("size"));
        given().multiPart("prompt", "make: it")
                .multiPart("n", "2")
                .post("/v1/videos/sync")
                .then()
                .statusCode(400)
                .body("error.param", equalTo("n"));
    }

    @Test
    void shouldGiveEveryAnswerAnId() {
        given().get("/v1/models").then().header("x-request-id", startsWith("req_"));
        given().get("/v1/videos/none").then().statusCode(404).header("x-request-id", startsWith("req_"));
        given().get("/").then().header("x-request-id", startsWith("req_"));
        given().header("X-Request-Id", "two words").get("/v1/models").then().header("x-request-id", startsWith("req_"));
    }

    @Test
    void shouldFindTheModel_thatAnAliasMeans() {
        given().get("/v1/models/sora-2").then().statusCode(200).body("id", equalTo("pebble"));
    }

    private PromptSubmitted ordered(Response answer) {
        answer.then().statusCode(200);
        return workshop.prompt(JobId.parse(answer.path("id")));
    }
}
