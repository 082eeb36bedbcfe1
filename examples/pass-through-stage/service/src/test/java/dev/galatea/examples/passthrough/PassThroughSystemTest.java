package dev.galatea.examples.passthrough;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResourceManager;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

/** The stage among all services, with a real broker, a real store and the real model. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class PassThroughSystemTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @Test
    void shouldBePassedByAJob_betweenDenoisingAndDecoding() {
        awaitReady();

        String id = given().contentType(ContentType.JSON)
                .body(Map.of("prompt", "a red ball bounces under a blue sky", "num_inference_steps", 2, "seed", 7))
                .post("/v1/videos")
                .path("id");
        JsonPath video = awaitCompleted(id);

        assertThat(video.getList("job.stages.stage", String.class))
                .containsExactly("text-conditioning", "denoising", "pass-through", "decoding");
        assertThat(video.getList("job.stages.findAll { it.stage == 'pass-through' }.step", Integer.class))
                .containsExactly(4);
        assertThat(video.getList("job.history.findAll { it.stage == 'pass-through' }.what", String.class))
                .contains("started, attempt 1");
        assertThat(video.getInt("progress")).isEqualTo(100);
        byte[] clip = given().get("/v1/videos/" + id + "/content").asByteArray();
        assertThat(new String(clip, 4, 4, java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo("ftyp");
    }

    @Test
    void shouldBeShownAndMeasuredLikeEveryOtherStage() {
        awaitReady();

        List<String> shown = given().get("/v1/pipeline").path("stages.stage");
        assertThat(shown).containsExactly("text-conditioning", "encoding", "denoising", "pass-through", "decoding");
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        given().get(management("/q/metrics")).asString())
                .contains("galatea_backlog_jobs{pool=\"default\",stage=\"pass-through\"")
                .contains("galatea_queue_slots{pool=\"default\",stage=\"pass-through\""));
    }

    /** The URL of a path of the management interface, which has a port of its own. */
    private static String management(String path) {
        return URI.create(TestHTTPResourceManager.getManagementUri())
                .resolve(path)
                .toString();
    }

    private static void awaitReady() {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            Response ready = given().get(management("/q/health/ready"));
            assertThat(ready.statusCode()).as(ready.asString()).isEqualTo(200);
        });
    }

    private static JsonPath awaitCompleted(String id) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        given().get("/v1/videos/" + id).<String>path("status"))
                .isIn("completed", "failed"));
        JsonPath video = given().get("/v1/videos/" + id).jsonPath();
        assertThat(video.getString("status")).as(video.prettify()).isEqualTo("completed");
        return video;
    }
}
