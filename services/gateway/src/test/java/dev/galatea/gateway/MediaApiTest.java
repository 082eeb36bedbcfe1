package dev.galatea.gateway;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.config.EncoderConfig;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import dev.galatea.model.event.MediaSource;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

/** Orders that bring pictures and videos along, or name a clip to vary, on the real broker and store. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class MediaApiTest extends WorkshopTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    void shouldStorePictures_beforeThePromptIsPublished() throws Exception {
        byte[] picture = new byte[3_000_000];
        new Random(1).nextBytes(picture);
        String byFile = given().multiPart("prompt", "make: it")
                .multiPart("input_reference", "first.png", picture, "image/png")
                .multiPart("fit", "pad")
                .post("/v1/videos")
                .then()
                .statusCode(200)
                .extract()
                .path("id");
        String byUrl = given().multiPart("prompt", "make: it")
                .multiPart("last_frame[image_url]", "data:image/png;base64,AQID")
                .post("/v1/videos")
                .then()
                .statusCode(200)
                .extract()
                .path("id");

        String first = ObjectKeys.upload(JobId.parse(byFile), Sha256.of(picture));
        String last = ObjectKeys.upload(JobId.parse(byUrl), Sha256.of(new byte[] {1, 2, 3}));
        assertThat(store.stat(first)).isPresent();
        assertThat(store.stat(last)).isPresent();
    }

    @Test
    void shouldRefuseReferencesClearly_howeverLongTheyAre() {
        given().multiPart("prompt", "make: it")
                .multiPart("audio_reference", "first.mp3", new byte[3_000_000], "audio/mpeg")
                .post("/v1/videos")
                .then()
                .statusCode(400)
                .body("code", equalTo("reference_not_supported"))
                .body("error.param", equalTo("audio_reference"));
        given().multiPart("prompt", "make: it")
                .multiPart("input_reference[image_url]", "http://example.org/a.png")
                .post("/v1/videos")
                .then()
                .statusCode(400)
                .body("error.param", equalTo("input_reference"))
                .body("error.type", equalTo("invalid_request_error"));
        given().multiPart("prompt", "make: it")
                .multiPart("input_reference", "first.png", new byte[9_000_000], "image/png")
                .post("/v1/videos")
                .then()
                .statusCode(413);
        given().multiPart("prompt", "x".repeat(300_000))
                .post("/v1/videos")
                .then()
                .statusCode(413);
        given().config(RestAssured.config()
                        .encoderConfig(EncoderConfig.encoderConfig()
                                .encodeContentTypeAs("multipart/form-data", ContentType.TEXT)))
                .contentType("multipart/form-data; boundary=b")
                .body("--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nmake: cut")
                .post("/v1/videos")
                .then()
                .statusCode(400)
                .body("code", equalTo("malformed_multipart"));
    }

    @Test
    void shouldVaryAClipThatWasMadeHere() throws Exception {
        String original = order("make: one to vary", "completed");
        String clip = store.list(ObjectKeys.jobPrefix(JobId.parse(original)), 10).stream()
                .filter(key -> key.endsWith(".mp4"))
                .findFirst()
                .orElseThrow();

        JobId byId = edited(given().contentType(ContentType.JSON)
                .body("{\"prompt\": \"make: it blue\", \"strength\": \"0.4\", \"seed\": 9, \"video\": {\"id\": \""
                        + original + "\"}}"));
        JobId byForm = edited(given().multiPart("prompt", "make: it blue").multiPart("video[id]", original));
        JobId remixed = JobId.parse(given().contentType(ContentType.JSON)
                .body("{\"prompt\": \"make: it red\", \"strength\": 0.5}")
                .post("/v1/videos/" + original + "/remix")
                .<String>path("id"));

        assertThat(workshop.prompt(byId).settings().reference())
                .satisfies(reference -> assertThat(reference.object().key()).isEqualTo(clip))
                .satisfies(reference -> assertThat(reference.strength()).isEqualTo(0.4));
        assertThat(workshop.prompt(byId).settings().seed()).isEqualTo(9);
        assertThat(workshop.prompt(byForm).settings().reference().role()).isEqualTo(ReferenceMedia.Role.VIDEO);
        assertThat(workshop.prompt(remixed).settings().reference().strength()).isEqualTo(0.5);
        assertThat(List.of(workshop.prompt(byId), workshop.prompt(byForm), workshop.prompt(remixed)))
                .allSatisfy(prompt -> assertThat(prompt.remixOf()).hasToString(original));
    }

    @Test
    void shouldVaryAnUploadedVideo() throws Exception {
        byte[] video = new byte[2_000_000];
        new Random(2).nextBytes(video);

        JobId job = edited(given().multiPart("prompt", "make: it blue")
                .multiPart("video", "ball.mp4", video, "video/mp4")
                .multiPart("size", "96x64"));

        String key = ObjectKeys.upload(job, Sha256.of(video));
        assertThat(store.stat(key)).isPresent();
        PromptSubmitted prompt = workshop.prompt(job);
        assertThat(prompt.settings().reference().object().key()).isEqualTo(key);
        assertThat(prompt.settings().width()).isEqualTo(96);
        assertThat(prompt.remixOf()).isNull();
    }

    @Test
    void shouldPassOnAddresses_forTheEncodingStageToFetch() throws Exception {
        String picture = "https://media.example/a.png?token=abc";
        JobId begun = JobId.parse(given().contentType(ContentType.JSON)
                .body("{\"prompt\": \"make: it\", \"input_reference\": {\"image_url\": \"" + picture + "\"}}")
                .post("/v1/videos")
                .<String>path("id"));
        JobId ended = JobId.parse(given().multiPart("prompt", "make: it")
                .multiPart("last_frame[image_url]", picture)
                .post("/v1/videos")
                .<String>path("id"));
        JobId varied = edited(given().contentType(ContentType.JSON)
                .body("{\"prompt\": \"make: it\", \"video\": {\"url\": \"HTTPS://media.example/a.mp4\"}}"));

        assertThat(workshop.prompt(begun).settings().reference())
                .isEqualTo(
                        new ReferenceMedia(ReferenceMedia.Role.FIRST_FRAME, MediaSource.at(picture), null, null, null));
        assertThat(workshop.prompt(ended).settings().reference().role()).isEqualTo(ReferenceMedia.Role.LAST_FRAME);
        assertThat(workshop.prompt(varied).settings().reference().url()).isEqualTo("HTTPS://media.example/a.mp4");
    }

    @Test
    void shouldContinueAClipThatWasMadeHere() throws Exception {
        String original = order("make: one to continue", "completed");

        JobId seconds = extended(given().contentType(ContentType.JSON)
                .header("Idempotency-Key", "once")
                .body("{\"prompt\": \"make: it fly\", \"seconds\": \"2\", \"video\": {\"id\": \"" + original + "\"}}"));
        JobId most = extended(given().multiPart("prompt", "make: it fly").multiPart("video[id]", original));

        PromptSubmitted prompt = workshop.prompt(seconds);
        assertThat(prompt.settings().reference().role()).isEqualTo(ReferenceMedia.Role.EXTENSION);
        assertThat(prompt.settings().reference().object().key()).contains(original);
        assertThat(prompt.remixOf()).hasToString(original);
        assertThat(prompt.seconds()).isEqualTo(2);
        assertThat(prompt.settings().width()).isEqualTo(96);
        assertThat(prompt.settings().seed()).as("another noise").isNull();
        assertThat(workshop.prompt(most).settings().frames())
                .as("as much as the model can")
                .isNull();
        given().get("/v1/videos/" + seconds)
                .then()
                .body("remixed_from_video_id", equalTo(original))
                .body("job.made_from.by", equalTo("extension"))
                .body("job.made_from.id", equalTo(original));
    }

    @Test
    void shouldContinueAnUploadedVideo_onceForOneKey() throws Exception {
        byte[] video = {1, 2, 3};
        Supplier<RequestSpecification> request = () -> given().header("Idempotency-Key", "a continuation")
                .multiPart("prompt", "make: it fly")
                .multiPart("num_frames", "16")
                .multiPart("video", "ball.mp4", video, "video/mp4");

        JobId job = extended(request.get());
        Awaitility.await().atMost(PATIENCE).until(() -> "completed"
                .equals(given().get("/v1/videos/" + job).path("status")));

        assertThat(extended(request.get())).isEqualTo(job);
        assertThat(workshop.prompt(job).settings().reference().role()).isEqualTo(ReferenceMedia.Role.EXTENSION);
        assertThat(workshop.prompt(job).settings().frames()).isEqualTo(16);
        given().get("/v1/videos/" + job)
                .then()
                .body("job.made_from.by", equalTo("extension"))
                .body("job.made_from.id", nullValue());
        given().multiPart("prompt", "make: it")
                .multiPart("strength", "0.5")
                .multiPart("video", "ball.mp4", video, "video/mp4")
                .post("/v1/videos/extensions")
                .then()
                .statusCode(400)
                .body("error.param", equalTo("strength"));
    }

    @Test
    void shouldRefuseWhatCantBeVaried() {
        String held = order("hold: it", "in_progress");
        refusedEdit("{\"prompt\": \"make: it\", \"video\": {\"id\": \"" + held + "\"}}", 409, "not_completed");
        refusedEdit(
                "{\"prompt\": \"make: it\", \"video\": {\"id\": \"" + JobId.random() + "\"}}", 404, "unknown_video");
        refusedEdit("{\"prompt\": \"make: it\", \"video\": {\"id\": \"\"}}", 404, "unknown_video");
        refusedEdit("{\"prompt\": \"make: it\", \"video\": \"ball.mp4\"}", 400, "invalid_request");
        refusedEdit("{\"prompt\": \"make: it\"}", 400, "invalid_request");
        given().multiPart("prompt", "make: it")
                .multiPart("video", "ball.mp4", new byte[10], "video/mp4")
                .post("/v1/videos")
                .then()
                .statusCode(400)
                .body("error.param", equalTo("video"));
        given().post("/v1/videos/" + held + "/cancel").then().statusCode(200);
    }

    private static void refusedEdit(String body, int status, String code) {
        given().contentType(ContentType.JSON)
                .body(body)
                .post("/v1/videos/edits")
                .then()
                .statusCode(status)
                .body("code", equalTo(code));
    }

    private static JobId edited(RequestSpecification request) {
        return posted(request, "/v1/videos/edits");
    }

    private static JobId extended(RequestSpecification request) {
        return posted(request, "/v1/videos/extensions");
    }

    private static JobId posted(RequestSpecification request, String path) {
        return JobId.parse(request.post(path).then().statusCode(200).extract().path("id"));
    }

    /** Orders a clip and waits until it has come so far. */
    private static String order(String prompt, String status) {
        String id = given().contentType(ContentType.JSON)
                .body("{\"prompt\": \"" + prompt + "\"}")
                .post("/v1/videos")
                .path("id");
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> status.equals(given().get("/v1/videos/" + id).path("status")));
        return id;
    }
}
