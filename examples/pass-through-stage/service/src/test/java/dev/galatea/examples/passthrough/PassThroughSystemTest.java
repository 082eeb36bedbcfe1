package dev.galatea.examples.passthrough;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.media.FfmpegBinaries;
import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

/** The stage among all services, with a real broker, a real store and the real model. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
@QuarkusTestResource(FinishingBundle.class)
class PassThroughSystemTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    Path directory;

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
        assertThat(new String(clip, 4, 4, StandardCharsets.US_ASCII)).isEqualTo("ftyp");
    }

    @Test
    void shouldMakeALargerClipWithMoreFrames_whenTheJobAsksForIt() throws Exception {
        awaitReady();

        String id = given().contentType(ContentType.JSON)
                .body(Map.of(
                        "prompt", "a red ball bounces under a blue sky",
                        "model", FinishingBundle.NAME,
                        "size", "128x128",
                        "num_frames", 48,
                        "num_inference_steps", 2,
                        "upscale", 2,
                        "interpolate_to_fps", 60))
                .post("/v1/videos")
                .path("id");
        JsonPath video = awaitCompleted(id);

        assertThat(video.getList("job.stages.stage", String.class))
                .containsExactly("text-conditioning", "denoising", "pass-through", "decoding", "finishing");
        assertThat(List.of(video.getString("size"), video.getInt("fps"), video.getInt("num_frames")))
                .containsExactly("256x256", 60, 120);
        assertThat(List.of(video.getString("seconds"), video.getString("job.decoded.size"), video.getInt("progress")))
                .containsExactly("2", "128x128", 100);
        Path clip = Files.write(
                directory.resolve("clip.mp4"),
                given().get("/v1/videos/" + id + "/content").asByteArray());
        assertThat(probe(clip))
                .contains("codec_name=\"h264\"", "width=256", "height=256", "avg_frame_rate=\"60/1\"")
                .contains("nb_read_frames=\"120\"", "duration=\"2.000000\"");
    }

    private static String probe(Path clip) throws Exception {
        Process probe = FfmpegBinaries.bundled()
                .command(List.of(
                        "ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "flat", clip.toString()))
                .redirectErrorStream(true)
                .start();
        return new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void shouldBeShownAndMeasuredLikeEveryOtherStage() {
        awaitReady();

        List<String> shown = given().get("/v1/pipeline").path("stages.stage");
        assertThat(shown)
                .containsExactly("text-conditioning", "encoding", "denoising", "pass-through", "decoding", "finishing");
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
