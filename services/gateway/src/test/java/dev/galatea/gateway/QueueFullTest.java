package dev.galatea.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import jakarta.inject.Inject;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import dev.galatea.events.EventPublisher;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.id.JobId;
import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

/** A door behind which one video may wait. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
@TestProfile(QueueFullTest.Narrow.class)
class QueueFullTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Inject
    EventPublisher publisher;

    /** Other tests' videos may wait, too: one is enough. */
    public static final class Narrow implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("galatea.gateway.max-open-jobs", "1", "galatea.gateway.retry-after", "7s");
        }
    }

    @Test
    void shouldSayWhenToComeBack_whenTheQueueIsFull() throws Exception {
        JobId waiting = JobId.random();
        JobState state = Fixtures.state(waiting, JobStatus.QUEUED);
        publisher.publish(
                new CloudEvent(EventIds.random(), "/test", Fixtures.NOON, state.withUpdatedAt(Instant.now())));
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> given().get("/v1/videos/" + waiting).statusCode() == 200);

        String pause = given().contentType(ContentType.JSON)
                .body("{\"prompt\": \"a red ball\"}")
                .post("/v1/videos")
                .then()
                .statusCode(429)
                .contentType("application/problem+json")
                .body("code", equalTo("queue_full"))
                .body("detail", containsString("at most 1 are allowed"))
                .body("error.type", equalTo("rate_limit_error"))
                .body("error.code", equalTo("queue_full"))
                .extract()
                .header("Retry-After");

        assertThat(Integer.parseInt(pause)).as("seconds").isGreaterThanOrEqualTo(7);
    }
}
