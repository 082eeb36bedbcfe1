package dev.galatea.jobtracking;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.model.event.DeadLetterHeaders;
import dev.galatea.model.event.EventType;
import dev.galatea.model.id.JobId;
import dev.galatea.testsupport.SharedSystem;
import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

/** Dead letters over HTTP, made by the service itself on the real broker. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
@TestProfile(DeadLettersTest.Enabled.class)
class DeadLettersTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** As an operator would switch it on. */
    public static final class Enabled implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("galatea.job-tracking.dead-letters-api", "true");
        }
    }

    @Test
    void shouldShowReplayAndDiscard() throws Exception {
        String key = JobId.random().toString();
        send(key, "a secret, and no JSON".getBytes(UTF_8));
        String id = idOf(key, List.of());

        given().get("/v1/dead-letters?limit=1")
                .then()
                .statusCode(200)
                .body("object", is("list"))
                .body("data[0].id", is(id))
                .body("data[0].object", is("dead_letter"))
                .body("data[0].topic", is(EventType.PROMPT_SUBMITTED.topic()))
                .body("data[0].cause", is("poison"))
                .body("data[0].replayable", is(true))
                .body("last_id", is(id))
                .body(not(containsString("a secret")));
        given().get("/v1/dead-letters/" + id)
                .then()
                .statusCode(200)
                .body("id", is(id))
                .body("key.text", is(key))
                .body("value.text", is("a secret, and no JSON"))
                .body("headers.'" + DeadLetterHeaders.SERVICE + "'.text", is("galatea-job-tracking"));

        given().post("/v1/dead-letters/" + id + "/replay")
                .then()
                .statusCode(200)
                .body("settlement", is("replayed"));
        // It is no better than before, so it comes back as another letter.
        String again = idOf(key, List.of(id));
        given().delete("/v1/dead-letters/" + again).then().statusCode(200).body("settlement", is("discarded"));
        for (String settled : List.of(id, again)) {
            given().get("/v1/dead-letters/" + settled)
                    .then()
                    .statusCode(404)
                    .contentType("application/problem+json")
                    .body("code", is("no_such_dead_letter"))
                    .body("detail", containsString(settled));
        }
        given().post("/v1/dead-letters/" + id + "/replay").then().statusCode(404);
    }

    @Test
    void shouldGivePages_newestFirst() throws Exception {
        List<String> keys = List.of(
                JobId.random().toString(),
                JobId.random().toString(),
                JobId.random().toString());
        for (String key : keys) {
            send(key, new byte[] {(byte) 0xFF, 0});
            idOf(key, List.of());
        }
        JsonPath first = given().get("/v1/dead-letters?limit=2")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(first.getList("data")).hasSize(2);
        assertThat(first.getBoolean("has_more")).isTrue();
        JsonPath second = given().get("/v1/dead-letters?limit=1&after=" + first.getString("last_id"))
                .jsonPath();
        assertThat(List.of(
                        first.getString("data[0].id"), first.getString("data[1].id"), second.getString("data[0].id")))
                .containsExactly(
                        idOf(keys.get(2), List.of()), idOf(keys.get(1), List.of()), idOf(keys.get(0), List.of()));
        given().get("/v1/dead-letters/" + first.getString("last_id"))
                .then()
                .body("value.base64", is("/wA="))
                .body("value.text", nullValue());
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    ?limit=0,          400, invalid_limit,       1 to 1000",
        "GET,    ?limit=many,       400, invalid_limit,       many",
        "GET,    ?after=first,      400, invalid_after,       first",
        "GET,    ?after=0/99999,    400, invalid_after,       0/99999",
        "GET,    /0/x,              400, invalid_id,          0/x",
        "GET,    /0/99999,          404, no_such_dead_letter, 0/99999",
        "DELETE, /0/99999,          404, no_such_dead_letter, 0/99999",
        "POST,   /0/99999/replay,   404, no_such_dead_letter, 0/99999"
    })
    void shouldSayWhatIsWrong(String method, String path, int status, String code, String named) {
        given().request(method, "/v1/dead-letters" + path)
                .then()
                .statusCode(status)
                .contentType("application/problem+json")
                .body("status", is(status))
                .body("type", is("urn:galatea:problem:" + code))
                .body("detail", containsString(named));
    }

    private static void send(String key, byte[] value) throws Exception {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", SharedSystem.bootstrapServers());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(EventType.PROMPT_SUBMITTED.topic(), key.getBytes(UTF_8), value))
                    .get();
        }
    }

    /** Waits for a letter with the key, other than those given. */
    private static String idOf(String key, List<String> others) {
        return Awaitility.await()
                .atMost(PATIENCE)
                .until(
                        () ->
                                given()
                                        .get("/v1/dead-letters?limit=1000")
                                        .jsonPath()
                                        .getList("data.id", String.class)
                                        .stream()
                                        .filter(id -> !others.contains(id))
                                        .filter(id -> key.equals(given().get("/v1/dead-letters/" + id)
                                                .jsonPath()
                                                .getString("key.text")))
                                        .findFirst()
                                        .orElse(null),
                        id -> id != null);
    }
}
