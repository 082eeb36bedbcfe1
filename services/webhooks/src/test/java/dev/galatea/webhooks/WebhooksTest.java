package dev.galatea.webhooks;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import jakarta.inject.Inject;

import com.standardwebhooks.Webhook;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.galatea.events.EventPublisher;
import dev.galatea.model.id.JobId;
import dev.galatea.testsupport.OpenApiDocument;
import dev.galatea.testsupport.ServedRoutes;
import dev.galatea.testsupport.SharedSystemResource;
import dev.galatea.webhooks.Receiver.Answer;
import dev.galatea.webhooks.Receiver.Told;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.startsWith;

/** The service as it runs, on the real broker; the test plays job-tracking and two receivers. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
@QuarkusTestResource(WebhooksTest.Receivers.class)
class WebhooksTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Receiver STUDIO = Receiver.plain();
    private static final Receiver ARCHIVE = Receiver.plain();

    @Inject
    EventPublisher publisher;

    /** Configures both, as the environment would. */
    public static final class Receivers implements QuarkusTestResourceLifecycleManager {

        @Override
        public Map<String, String> start() {
            return Map.of(
                    "galatea.webhooks.allow-private-targets",
                    "true",
                    "galatea.webhooks.first-pause",
                    "200ms",
                    "galatea.webhooks.max-pause",
                    "1s",
                    "galatea.webhooks.endpoints.studio.url",
                    "http://127.0.0.1:" + STUDIO.port() + "/studio",
                    "galatea.webhooks.endpoints.studio.secrets",
                    Settings.SECRET,
                    "galatea.webhooks.endpoints.archive.url",
                    "http://127.0.0.1:" + ARCHIVE.port() + "/archive",
                    "galatea.webhooks.endpoints.archive.secrets",
                    Settings.OTHER_SECRET);
        }

        @Override
        public void stop() {
            STUDIO.close();
            ARCHIVE.close();
        }
    }

    @BeforeEach
    void waitUntilReady() {
        STUDIO.answer(told -> Answer.of(204));
        ARCHIVE.answer(told -> Answer.of(200));
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> given().get("/q/health/ready").statusCode() == 200);
    }

    @Test
    void shouldTellEverybody_inTheWordsOfTheDialect() throws Exception {
        Instant end = Instant.now();
        JobId done = JobId.random();
        JobId stopped = JobId.random();
        publisher.publish(Finished.completed(done, end));
        publisher.publish(Finished.cancelled(stopped, end));

        Told told = await(STUDIO, done, 1).get(0);
        assertThat(told.body())
                .isEqualTo("{\"id\":\"" + told.id() + "\",\"object\":\"event\",\"created_at\":" + end.getEpochSecond()
                        + ",\"type\":\"video.completed\",\"data\":{\"id\":\"" + done + "\"}}");
        new Webhook(Settings.SECRET).verify(told.body(), headers(told));
        assertThat(await(STUDIO, stopped, 1).get(0).body()).contains("\"type\":\"video.failed\"");
        Told other = await(ARCHIVE, done, 1).get(0);
        assertThat(other.id()).as("one id for all").isEqualTo(told.id());
        new Webhook(Settings.OTHER_SECRET).verify(other.body(), headers(other));
    }

    @Test
    void shouldRepeatTheSameWords_untilTheyAreTaken_whileOthersGoOn() throws Exception {
        STUDIO.answer(told -> Answer.of(503));
        List<JobId> jobs = List.of(JobId.random(), JobId.random(), JobId.random());
        for (JobId job : jobs) {
            publisher.publish(Finished.completed(job, Instant.now()));
        }
        for (JobId job : jobs) {
            await(ARCHIVE, job, 1);
            await(STUDIO, job, 3);
        }
        assertThat(logged(jobs.get(0), "archive")).containsExactly("1 delivered 200");
        given().get("/q/metrics").then().body(containsString("galatea_webhook_open{endpoint=\"studio\""));
        STUDIO.answer(told -> Answer.of(204));

        for (JobId job : jobs) {
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            logged(job, "studio").get(0))
                    .contains("delivered 204"));
            List<Told> attempts = of(STUDIO, job);
            assertThat(attempts.stream().map(Told::id).collect(Collectors.toSet()))
                    .hasSize(1);
            assertThat(attempts.stream().map(Told::body).collect(Collectors.toSet()))
                    .hasSize(1);
            assertThat(logged(job, "studio")).hasSameSizeAs(attempts).endsWith("1 retrying 503 http_status");
            assertThat(of(ARCHIVE, job)).as("not told twice").hasSize(1);
        }
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> given().get("/q/metrics")
                .then()
                .body(containsString("galatea_webhook_open{endpoint=\"studio\"} 0.0")));
    }

    @Test
    void shouldNotRepeat_whenTheReceiverIsGone() throws Exception {
        STUDIO.answer(told -> Answer.of(410));
        JobId job = JobId.random();
        publisher.publish(Finished.completed(job, Instant.now()));

        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(logged(job, "studio"))
                .containsExactly("1 given_up 410 gone"));
    }

    @Test
    void shouldTellNobodyOfWhatIsLongOver() throws Exception {
        JobId job = JobId.random();
        // One key, so one partition: read in this order.
        publisher.publish(Finished.completed(job, Instant.now().minus(Duration.ofHours(73))));
        Instant now = Instant.now();
        publisher.publish(Finished.completed(job, now));

        assertThat(await(STUDIO, job, 1)).singleElement().satisfies(told -> assertThat(told.body())
                .contains("\"created_at\":" + now.getEpochSecond()));
    }

    @Test
    void shouldAnswerAsItsDocumentSays() throws Exception {
        OpenApiDocument document =
                OpenApiDocument.parse(given().get("/q/openapi?format=json").asString());
        assertThat(document.defects()).isEmpty();
        assertThat(document.routes()).isEqualTo(ServedRoutes.all()).isNotEmpty();
        STUDIO.answer(told -> Answer.of(503));
        JobId job = JobId.random();
        publisher.publish(Finished.completed(job, Instant.now()));
        await(STUDIO, job, 2);

        List<String> disagreements = new ArrayList<>();
        for (String query : List.of("video_id=" + job, "outcome=retrying", "limit=1001", "limit=x", "outcome=lost")) {
            Response answer = given().get("/v1/webhooks/deliveries?" + query);
            String mediaType = answer.contentType().replaceAll(";.*", "");
            String body = answer.asString();
            disagreements.addAll(document.disagreements(new OpenApiDocument.Exchange(
                    "GET", "/v1/webhooks/deliveries", null, null, answer.statusCode(), mediaType, Map.of(), body)));
        }
        assertThat(disagreements).isEmpty();
        assertThat(document.unseen()).as("in the document, but never answered").isEmpty();
    }

    @Test
    void shouldSayWhatIsValid_whenTheLogIsAskedForWhatCantBe() {
        for (String query : List.of("limit=1001", "limit=x", "outcome=lost")) {
            String[] asked = query.split("=");
            given().get("/v1/webhooks/deliveries?" + query)
                    .then()
                    .statusCode(400)
                    .contentType("application/problem+json")
                    .body("detail", startsWith(asked[0] + ": '" + asked[1] + "' is not valid; valid are "));
        }
    }

    private static List<String> logged(JobId job, String endpoint) {
        List<Map<String, Object>> data = given().get(
                        "/v1/webhooks/deliveries?video_id=" + job + "&endpoint=" + endpoint)
                .then()
                .statusCode(200)
                .extract()
                .path("data");
        return data.stream()
                .map(entry -> entry.get("attempt") + " " + entry.get("outcome") + " " + entry.get("status_code")
                        + (entry.containsKey("error") ? " " + entry.get("error") : ""))
                .toList();
    }

    private static List<Told> await(Receiver receiver, JobId job, int atLeast) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(of(receiver, job))
                .hasSizeGreaterThanOrEqualTo(atLeast));
        return of(receiver, job);
    }

    private static List<Told> of(Receiver receiver, JobId job) {
        return receiver.told().stream()
                .filter(told -> told.body().contains(job.toString()))
                .toList();
    }

    private static HttpHeaders headers(Told told) {
        Map<String, List<String>> signed = Set.of("webhook-id", "webhook-timestamp", "webhook-signature").stream()
                .collect(Collectors.toMap(
                        name -> name, name -> List.of(told.headers().get(name))));
        return HttpHeaders.of(signed, (name, value) -> true);
    }
}
