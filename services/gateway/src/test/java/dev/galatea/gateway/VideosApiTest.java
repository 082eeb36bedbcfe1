package dev.galatea.gateway;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

/** What the dialect promises beyond one video, on the real broker and store. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class VideosApiTest extends WorkshopTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    void shouldListNewestFirst_andEnd() {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.add(0, make("make: number " + i));
        }

        List<String> listed = new ArrayList<>();
        String after = "";
        int pages = 0;
        while (after != null) {
            Response page = given().get("/v1/videos?status=completed&limit=2&after=" + after);
            page.then().statusCode(200).body("object", equalTo("list"));
            List<String> ids = page.path("data.id");
            listed.addAll(ids);
            assertThat((String) page.path("first_id")).isEqualTo(ids.isEmpty() ? null : ids.get(0));
            after = page.path("last_id");
            assertThat(++pages).isLessThan(1000);
        }
        assertThat(listed).doesNotHaveDuplicates().startsWith(made.toArray(String[]::new));
        given().get("/v1/videos?order=asc&limit=1&after=" + made.get(4))
                .then()
                .body("data[0].id", equalTo(made.get(3)));
        given().get("/v1/videos?limit=1")
                .then()
                .body("has_more", equalTo(true))
                .body("data[0].job.history", nullValue());
        for (String query : List.of("limit=0", "limit=x", "limit=101", "order=up", "status=cancelled")) {
            given().get("/v1/videos?" + query)
                    .then()
                    .statusCode(400)
                    .body("error.param", equalTo(query.substring(0, query.indexOf('='))));
        }
    }

    @Test
    void shouldMoveBetweenLists_whenTheStatusChanges() {
        String id = make("hold: me");
        given().get("/v1/videos?status=in_progress").then().body("data.id", hasItem(id));
        given().get("/v1/pipeline")
                .then()
                .body("videos.id", hasItem(id))
                .body(
                        "stages.stage",
                        equalTo(List.of("text-conditioning", "encoding", "denoising", "decoding", "finishing")))
                .body("stages[0].pools", nullValue())
                .body("stages[2].pools.pool", equalTo(List.of("default", "wan-14b")))
                .body("stages[2].pools[1].waiting", equalTo(0))
                .body("stages[2].pools[1].running", equalTo(0));
        given().post("/v1/videos/" + id + "/cancel").then().statusCode(200);

        assertThat(given().get("/v1/videos?status=in_progress&limit=100").<List<String>>path("data.id"))
                .doesNotContain(id);
        given().get("/v1/videos?status=failed")
                .then()
                .body("data[0].id", equalTo(id))
                .body("data[0].job.status", equalTo("cancelled"));
    }

    @Test
    void shouldTakeAForm_howeverItIsWritten() throws Exception {
        String body = """
                --XX\r
                Content-Disposition: form-data; name="prompt"\r
                Content-Type: text/plain;charset=utf-8\r
                \r
                make: héron\r
                --XX\r
                Content-Disposition: form-data; name="num_inference_steps"\r
                Content-Type: application/octet-stream\r
                \r
                9\r
                --XX\r
                Content-Disposition: form-data; name="metadata[deep][er]"\r
                \r
                x\r
                --XX--\r
                """;
        HttpRequest request = HttpRequest.newBuilder(root.resolve("/v1/videos"))
                .header("Content-Type", "multipart/form-data; boundary=\"XX\"")
                // Of unknown length, so chunked.
                .POST(HttpRequest.BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(body.getBytes(UTF_8))))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"prompt\":\"make: héron\"", "\"num_inference_steps\":9");
    }

    @Test
    void shouldMakeOneVideo_whenARequestIsRepeatedWithItsKey() {
        String key = "key-" + JobId.random();
        String first = order(key, "{\"prompt\": \"make: once\", \"seed\": 3}").path("id");

        assertThat(order(key, "{\"prompt\": \"make: once\", \"seed\": 3}").<String>path("id"))
                .isEqualTo(first);
        order(key, "{\"prompt\": \"make: twice\", \"seed\": 3}")
                .then()
                .statusCode(422)
                .body("code", equalTo("idempotency_key_reused"));
        order("k".repeat(300), "{\"prompt\": \"make: it\"}").then().statusCode(400);
    }

    @Test
    void shouldMakeSeveral_whenAskedForN() {
        Response answer = order("n-" + JobId.random(), "{\"prompt\": \"make: several\", \"seed\": 3, \"n\": 3}");
        List<String> ids = answer.path("batch");

        assertThat(ids).hasSize(3).startsWith(answer.<String>path("id"));
        assertThat(ids.stream().map(id -> given().get("/v1/videos/" + id).<Integer>path("seed")))
                .containsExactly(3, 4, 5);
        order("m-" + JobId.random(), "{\"prompt\": \"make: it\", \"n\": 99}")
                .then()
                .statusCode(400)
                .body("error.param", equalTo("n"));
    }

    @Test
    void shouldRemixWithSettingsAndNoise() {
        String original = order(
                        "r-" + JobId.random(), "{\"prompt\": \"make: one\", \"seed\": 41, \"negative_prompt\": \"no\"}")
                .path("id");

        Response byForm = given().multiPart("prompt", "make: another").post("/v1/videos/" + original + "/remix");
        byForm.then()
                .statusCode(200)
                .body("remixed_from_video_id", equalTo(original))
                .body("seed", equalTo(41))
                .body("prompt", equalTo("make: another"))
                .body("job.negative_prompt", equalTo("no"));
        given().contentType(ContentType.JSON)
                .body("{\"prompt\": \"make: a third\"}")
                .post("/v1/videos/" + original + "/remix")
                .then()
                .statusCode(200);
        given().contentType(ContentType.JSON)
                .body("{\"prompt\": \"make: it\"}")
                .post("/v1/videos/" + JobId.random() + "/remix")
                .then()
                .statusCode(404);
    }

    @Test
    void shouldLeaveNothing_whenAVideoIsDeleted() throws Exception {
        String done = make("make: to be deleted");
        String running = make("hold: to be deleted");
        for (String id : List.of(done, running)) {
            assertThat(store.list(ObjectKeys.jobPrefix(JobId.parse(id)), 10)).isNotEmpty();
            given().delete("/v1/videos/" + id)
                    .then()
                    .statusCode(200)
                    .body("id", equalTo(id))
                    .body("deleted", equalTo(true))
                    .body("object", equalTo("video.deleted"));
            assertThat(store.list(ObjectKeys.jobPrefix(JobId.parse(id)), 10)).isEmpty();
            given().get("/v1/videos/" + id).then().statusCode(404);
            given().delete("/v1/videos/" + id).then().statusCode(404);
        }
        assertThat(given().get("/v1/videos?limit=100").<List<String>>path("data.id"))
                .doesNotContain(done, running);
        // A page may be asked for after a video that is not there any more.
        given().get("/v1/videos?after=" + done).then().statusCode(200);
    }

    @Test
    void shouldSayWhenToAskAgain() {
        Response held = given().contentType(ContentType.JSON)
                .body("{\"prompt\": \"hold: it\"}")
                .post("/v1/videos");
        assertThat(Integer.parseInt(held.header("openai-poll-after-ms"))).isBetween(250, 10_000);
        String made = make("make: it");
        assertThat(given().get("/v1/videos/" + made).header("openai-poll-after-ms"))
                .isNull();
    }

    @Test
    void shouldTellWhatCanBeAskedFor() {
        given().get("/v1/models")
                .then()
                .statusCode(200)
                .body("object", equalTo("list"))
                .body("data[0].id", equalTo("pebble"))
                .body("data[0].object", equalTo("model"))
                .body("data[0].default", equalTo(true));
        given().get("/v1/models/pebble")
                .then()
                .body("id", equalTo("pebble"))
                .body("license", equalTo("Apache-2.0"))
                .body("schedulers", hasItem("flow-match-euler"))
                .body("memory.weight_bytes.textEncoder", equalTo(90_984_153))
                .body("memory.total_weight_bytes", greaterThan(90_984_153));
        given().get("/v1/models/other").then().statusCode(404).body("error.code", equalTo("unknown_model"));
        given().get("/v1/capabilities")
                .then()
                .body("models[0].defaults.num_frames", notNullValue())
                .body("models[0].limits.width.step", notNullValue())
                .body("max_pixel_steps", equalTo(10_000_000_000L))
                .body("features.input_reference", equalTo(true))
                .body("models[0].references", hasItem("first_frame"));
        given().contentType(ContentType.JSON)
                .body("{\"prompt\": \"make: it\", \"fps\": 999}")
                .post("/v1/videos")
                .then()
                .statusCode(400)
                .body("error.code", equalTo("invalid_fps"));
    }

    @Test
    void shouldReplayWhatWasMissed_andEndWithTheVideo() throws Exception {
        String id = make("hold: and tell");
        JobId job = JobId.parse(id);
        workshop.report(job, new ProgressDetail.Step(2, Workshop.STEPS));
        List<String> all = new ArrayList<>();
        Set<String> seen = new TreeSet<>();
        try (Stream<String> lines = events("/v1/videos/" + id + "/events", null)) {
            lines.takeWhile(line -> !line.contains("\"step\":3")).peek(all::add).forEach(line -> {
                if (line.contains("\"kind\":\"step\"") && line.contains("\"step\":2") && seen.add("told")) {
                    workshop.report(job, new ProgressDetail.Step(3, Workshop.STEPS));
                }
            });
        }
        assertThat(all).anyMatch(line -> line.contains("\"preview\":\"/v1/videos/" + id + "/previews/1\""));
        List<String> ids = all.stream().filter(line -> line.startsWith("id:")).toList();
        assertThat(ids).hasSizeGreaterThanOrEqualTo(4).doesNotHaveDuplicates();

        given().post("/v1/videos/" + id + "/cancel").then().statusCode(200);
        String last = ids.get(ids.size() - 2).substring("id:".length()).strip();
        List<String> rest;
        try (Stream<String> lines = events("/v1/videos/" + id + "/events", last)) {
            rest = lines.toList();
        }
        assertThat(rest).noneMatch(line -> line.contains("\"kind\":\"started\""));
        assertThat(rest).anyMatch(line -> line.contains("\"step\":3"));
        assertThat(String.join("\n", rest)).contains("\"code\":\"cancelled\"");
        given().get("/v1/videos/" + id + "/previews").then().body("steps", equalTo(List.of(1)));
        assertThat(given().get("/v1/videos/" + id + "/previews/1").asByteArray())
                .containsExactly(1, 2, 3);
        given().get("/v1/videos/" + id + "/previews/2").then().statusCode(404);
        given().accept("text/event-stream")
                .get("/v1/videos/" + JobId.random() + "/events")
                .then()
                .statusCode(404);
    }

    @Test
    void shouldTellOfAnotherPlaceInTheQueue() throws Exception {
        JobId first = JobId.random();
        JobId second = JobId.random();
        for (JobId job : List.of(first, second)) {
            workshop.send(Fixtures.state(job, JobStatus.QUEUED));
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> given().get("/v1/videos/" + job).statusCode() == 200);
        }
        // Both were submitted at noon: the lesser id is before the other.
        JobId ahead = first.compareTo(second) < 0 ? first : second;
        JobId follower = ahead == first ? second : first;
        Pattern place = Pattern.compile("\"queue_position\":(\\d+)");
        List<Integer> places = new ArrayList<>();
        try (Stream<String> lines = events("/v1/videos/" + follower + "/events", null)) {
            lines.map(place::matcher)
                    .filter(Matcher::find)
                    .map(found -> Integer.valueOf(found.group(1)))
                    .takeWhile(now -> {
                        places.add(now);
                        if (places.size() == 1) {
                            workshop.send(Fixtures.state(ahead, JobStatus.CANCELLED));
                        }
                        return places.size() < 2;
                    })
                    .forEach(now -> {});
        }
        assertThat(places.get(1)).isLessThan(places.get(0));
        workshop.send(Fixtures.state(follower, JobStatus.CANCELLED));
    }

    @Test
    void shouldServeTheDashboard() {
        given().get("/").then().statusCode(200).contentType(ContentType.HTML).body(containsString("Galatea"));
    }

    private Stream<String> events(String path, String lastId) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(root.resolve(path)).timeout(PATIENCE);
        if (lastId != null) {
            request.header("Last-Event-ID", lastId);
        }
        HttpResponse<Stream<String>> answer =
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofLines());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        return answer.body();
    }

    /** Orders a video and waits until the workshop has done what it does with it. */
    private static String make(String prompt) {
        String id = given().contentType(ContentType.JSON)
                .body("{\"prompt\": \"" + prompt + "\"}")
                .post("/v1/videos")
                .path("id");
        String end = prompt.startsWith("make:") ? "completed" : "in_progress";
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> end.equals(given().get("/v1/videos/" + id).path("status")));
        return id;
    }

    private static Response order(String key, String body) {
        return given().contentType(ContentType.JSON)
                .header("Idempotency-Key", key)
                .body(body)
                .post("/v1/videos");
    }
}
