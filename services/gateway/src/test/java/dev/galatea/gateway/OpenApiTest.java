package dev.galatea.gateway;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import jakarta.inject.Inject;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.filter.FilterContext;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.FilterableRequestSpecification;
import io.restassured.specification.FilterableResponseSpecification;
import io.restassured.specification.RequestSpecification;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.galatea.events.EventPublisher;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobState.HistoryEntry;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.JobWarning;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageState;
import dev.galatea.model.id.JobId;
import dev.galatea.store.ObjectStore;
import dev.galatea.testsupport.OpenApiDocument;
import dev.galatea.testsupport.OpenApiDocument.Exchange;
import dev.galatea.testsupport.ServedRoutes;
import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

/** The served OpenAPI document beside the routes, the fields and the answers that there really are. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class OpenApiTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Inject
    EventPublisher publisher;

    @Inject
    ObjectStore store;

    @TestHTTPResource("/")
    URI root;

    private final List<String> disagreements = new ArrayList<>();
    private OpenApiDocument document;
    private Workshop workshop;

    @BeforeEach
    void open() throws Exception {
        Management.awaitReady();
        document = OpenApiDocument.parse(given().get("/q/openapi?format=json").asString());
        workshop = new Workshop(publisher, store);
    }

    @AfterEach
    void close() throws Exception {
        workshop.close();
    }

    @Test
    void shouldBeADocument() {
        assertThat(document.defects()).isEmpty();
    }

    @Test
    void shouldNameEveryRoute_andNoOther() {
        assertThat(document.routes()).isEqualTo(ServedRoutes.all()).hasSizeGreaterThan(10);
    }

    @Test
    void shouldReadEveryField() {
        for (String field : document.membersTaken("POST", "/v1/videos")) {
            String body = field.equals("prompt")
                    ? "{\"prompt\": {}}"
                    : "{\"prompt\": \"make: it\", \"" + field + "\": {\"no\": \"value\"}}";
            String param = watched()
                    .contentType(ContentType.JSON)
                    .body(body)
                    .post("/v1/videos")
                    .path("error.param");
            // Of objects whose members are fields, the member is named.
            assertThat(param).isIn(field, field + ".no");
        }
        assertThat(disagreements).isEmpty();
    }

    @Test
    void shouldDescribeEveryAnswer() throws Exception {
        String made = makeEverything();
        askForContent(made);
        followToTheEnd(made);
        ask("/v1/models", "/v1/models/pebble", "/v1/models/none", "/v1/capabilities", "/v1/pipeline");
        refuseEverything();
        watched().delete("/v1/videos/" + made).then().statusCode(200);

        assertThat(disagreements).isEmpty();
        assertThat(document.unseen()).as("in the document, but never answered").isEmpty();
    }

    /** @return the id of a video that is done */
    private String makeEverything() {
        StageState[] stages = Stream.of(Stage.TEXT_CONDITIONING, Stage.DENOISING, Stage.DECODING)
                .map(OpenApiTest::finished)
                .toArray(StageState[]::new);
        // Teaches how long the stages take.
        workshop.send(Fixtures.state(JobId.random(), JobStatus.COMPLETED, stages));
        JobId waiting = JobId.random();
        JobSpec finished =
                Fixtures.spec().withSettings(settings -> settings.upscale(2).interpolateToFps(24));
        workshop.send(withRemarks(Fixtures.state(waiting, JobStatus.QUEUED)).withSpec(finished));
        until(waiting.toString(), "queued");
        ask("/v1/videos/" + waiting);

        String made = order("{\"prompt\": \"make: it\", \"n\": \"2\", \"seed\": 3, \"size\": \"96x64\"}");
        until(made, "completed");
        watched().multiPart("prompt", "make: a form").post("/v1/videos").then().statusCode(200);
        String remix = "/v1/videos/" + made + "/remix";
        watched().multiPart("prompt", "make: another").post(remix).then().statusCode(200);
        for (String path : List.of("/v1/videos", "/v1/videos/sync", remix)) {
            form("prompt=make%3A+one+more", path);
        }
        for (String path : List.of("/v1/videos/edits", "/v1/videos/extensions")) {
            form("prompt=make%3A+one+more&video[id]=" + made, path);
        }
        watched()
                .contentType(ContentType.JSON)
                .body("{\"prompt\": \"make: a third\"}")
                .post(remix)
                .then()
                .statusCode(200);
        watched()
                .contentType(ContentType.JSON)
                .body("{\"prompt\": \"make: a fourth\", \"strength\": 0.5, \"video\": {\"id\": \"" + made + "\"}}")
                .post("/v1/videos/edits")
                .then()
                .statusCode(200);
        watched()
                .multiPart("prompt", "make: a fifth")
                .multiPart("video", "ball.mp4", new byte[10], "video/mp4")
                .post("/v1/videos/edits")
                .then()
                .statusCode(200);
        watched()
                .contentType(ContentType.JSON)
                .body("{\"prompt\": \"make: a sixth\", \"seconds\": 1.5, \"video\": {\"id\": \"" + made + "\"}}")
                .post("/v1/videos/extensions")
                .then()
                .statusCode(200);
        watched()
                .multiPart("prompt", "make: a seventh")
                .multiPart("video", "ball.mp4", new byte[10], "video/mp4")
                .post("/v1/videos/extensions")
                .then()
                .statusCode(200);
        watched()
                .multiPart("prompt", "make: at once")
                .post("/v1/videos/sync")
                .then()
                .statusCode(200);
        watched()
                .contentType(ContentType.JSON)
                .body("{\"prompt\": \"make: at once\"}")
                .post("/v1/videos/sync")
                .then()
                .statusCode(200);
        ask("/v1/videos?limit=5", "/v1/videos/" + made, "/v1/videos/" + made + "/previews");
        ask("/v1/videos/" + made + "/previews/1");
        return made;
    }

    private void form(String body, String path) {
        watched().contentType(ContentType.URLENC).body(body).post(path).then().statusCode(200);
    }

    private void askForContent(String made) {
        String content = "/v1/videos/" + made + "/content";
        for (String variant : List.of("video", "thumbnail", "spritesheet")) {
            String path = content + "?variant=" + variant;
            String tag = watched().get(path).header("ETag");
            watched().header("Range", "bytes=0-3").get(path).then().statusCode(206);
            watched().header("If-None-Match", tag).get(path).then().statusCode(304);
        }
    }

    /** Follows a video through every kind of report until it is cancelled. */
    private void followToTheEnd(String made) throws Exception {
        String held = order("{\"prompt\": \"hold: it\"}");
        until(held, "in_progress");
        ask("/v1/pipeline");
        JobId job = JobId.parse(held);
        Failure failure = new Failure(FailureCause.RETRYABLE, "store_unavailable", "the object store doesn't answer");
        workshop.report(job, new ProgressDetail.Retrying(failure));
        workshop.report(job, new ProgressDetail.Uploading(41));
        workshop.report(job, new ProgressDetail.Finished(2));
        watched().post("/v1/videos/" + held + "/cancel").then().statusCode(200);
        ask("/v1/videos/" + held);
        Map<String, Integer> kinds = new HashMap<>();
        String event = "";
        for (String line : events("/v1/videos/" + held + "/events").toList()) {
            if (line.startsWith("event:")) {
                event = line.substring("event:".length()).strip();
            } else if (line.startsWith("data:")) {
                kinds.merge(event, 1, Integer::sum);
                disagreements.addAll(
                        document.disagreements("/v1/videos/{id}/events", event, line.substring("data:".length())));
            }
        }
        assertThat(kinds).containsKeys("state", "progress");
        disagreements.addAll(document.disagreements(stream("/v1/videos/" + made + "/events")));
        try (Stream<String> lines = events("/v1/events")) {
            disagreements.addAll(document.disagreements(stream("/v1/events")));
        }
    }

    private static Exchange stream(String path) {
        return new Exchange("GET", path, null, null, 200, "text/event-stream", Map.of(), null);
    }

    private void refuseEverything() {
        String none = "/v1/videos/" + JobId.random();
        ask("/v1/videos?limit=0", none, none + "/content", none + "/previews", none + "/previews/1");
        watched().accept("text/event-stream").get(none + "/events");
        watched().delete(none);
        watched().post(none + "/cancel");
        watched().contentType(ContentType.JSON).body("{}").post(none + "/remix");
        watched().contentType(ContentType.JSON).body("{}").post("/v1/videos");
        watched().contentType(ContentType.JSON).body("{}").post("/v1/videos/sync");
        String late = watched()
                .contentType(ContentType.JSON)
                .body("{\"prompt\": \"hold: it\"}")
                .post("/v1/videos/sync")
                .then()
                .statusCode(504)
                .extract()
                .path("video_id");
        watched().post("/v1/videos/" + late + "/cancel").then().statusCode(200);
        watched()
                .contentType(ContentType.JSON)
                .body("{\"prompt\": \"make: it\"}")
                .post("/v1/videos/edits");
        watched()
                .contentType(ContentType.JSON)
                .body("{\"prompt\": \"make: it\"}")
                .post("/v1/videos/extensions");
        JobId nobodys = JobId.random();
        workshop.ignore(nobodys);
        workshop.send(Fixtures.state(nobodys, JobStatus.COMPLETED));
        until(nobodys.toString(), "completed");
        // Nobody obeys, so it is said when to come back.
        watched().delete("/v1/videos/" + nobodys).then().statusCode(503);
    }

    private static StageState finished(Stage stage) {
        Instant now = Instant.now();
        return new StageState(stage, 1, 4, 4, now, now, 2.0, "workshop-1", null, List.of());
    }

    private static JobState withRemarks(JobState state) {
        JobWarning warning = new JobWarning(
                JobWarning.PROMPT_TRUNCATED,
                "prompt: has 41 tokens, of which model 'pebble' reads the first 32",
                "prompt",
                "a red");
        return state.withHistory(List.of(new HistoryEntry(Fixtures.NOON, Stage.ADMISSION, "queued")))
                .withWarnings(List.of(warning));
    }

    private String order(String body) {
        return watched()
                .contentType(ContentType.JSON)
                .body(body)
                .post("/v1/videos")
                .then()
                .statusCode(200)
                .extract()
                .path("id");
    }

    private void ask(String... paths) {
        for (String path : paths) {
            watched().get(path);
        }
    }

    private static void until(String id, String status) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> status.equals(given().get("/v1/videos/" + id).path("status")));
    }

    private Stream<String> events(String path) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(root.resolve(path)).timeout(PATIENCE).build();
        HttpResponse<Stream<String>> answer =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofLines());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        return answer.body();
    }

    /** A request that is held against the document, and so is its answer. */
    private RequestSpecification watched() {
        return given().filter(this::watch);
    }

    private Response watch(
            FilterableRequestSpecification request, FilterableResponseSpecification expected, FilterContext context) {
        Response answer = context.next(request, expected);
        String mediaType = plain(answer.contentType());
        Object body = request.getBody();
        boolean isJson = body != null && plain(request.getContentType()).endsWith("json");
        Map<String, String> headers = new HashMap<>();
        answer.headers().forEach(header -> headers.put(header.getName(), header.getValue()));
        try {
            disagreements.addAll(document.disagreements(new Exchange(
                    request.getMethod(),
                    URI.create(request.getURI()).getPath(),
                    body == null && request.getMultiPartParams().isEmpty() ? null : plain(request.getContentType()),
                    isJson ? body.toString() : null,
                    answer.statusCode(),
                    mediaType,
                    headers,
                    mediaType.endsWith("json") ? answer.asString() : null)));
        } catch (JsonProcessingException e) {
            disagreements.add(request.getURI() + ": is no JSON");
        }
        return answer;
    }

    /** A media type without its parameters. */
    private static String plain(String mediaType) {
        return mediaType.replaceAll(";.*", "");
    }
}
