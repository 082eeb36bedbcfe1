package dev.galatea.gateway;

import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import jakarta.inject.Inject;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.galatea.events.EventPublisher;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.store.ObjectStore;
import dev.galatea.testsupport.SharedSystem;
import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

/** The door as it runs, on the real broker and store; the test plays job-tracking. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class GatewayTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Inject
    EventPublisher publisher;

    @Inject
    ObjectStore store;

    @BeforeEach
    void waitUntilReady() {
        Management.awaitReady();
    }

    @Test
    void shouldQueue_whenAdmissionHasNotAnswered() {
        Response answer = post("{\"prompt\": \"a red ball\", \"seconds\": \"4\", \"size\": \"96x64\"}");

        answer.then()
                .statusCode(200)
                .body("object", equalTo("video"))
                .body("status", equalTo("queued"))
                .body("progress", equalTo(0))
                .body("seconds", equalTo("4"))
                .body("size", equalTo("96x64"))
                .body("error", nullValue());
        String id = answer.path("id");
        assertThat(UUID.fromString(id).version()).isEqualTo(7);
        assertThat(answer.header("Location")).endsWith("/v1/videos/" + id);
        given().get("/v1/videos/" + id).then().statusCode(200).body("status", equalTo("queued"));
        assertThat(submitted(id).prompt()).isEqualTo("a red ball");
    }

    @Test
    void shouldAnswerARefusalAtOnce_whenAdmissionSaysNo() throws Exception {
        Response answer = admit(
                "{\"prompt\": \"refuse me\", \"guidance_scale\": -1}",
                job -> Fixtures.state(
                        job,
                        JobStatus.REFUSED,
                        null,
                        new Failure(FailureCause.POISON, "invalid_guidance", "guidance: -1 is not valid")));

        problem(answer, 400, "invalid_guidance").body("detail", equalTo("guidance: -1 is not valid"));
    }

    @Test
    void shouldAnswerTheSpec_whenAdmissionSaysYes() throws Exception {
        Response answer = admit("{\"prompt\": \"take me\"}", job -> Fixtures.state(job, JobStatus.QUEUED));

        answer.then().statusCode(200).body("seconds", equalTo("4.125")).body("seed", equalTo(7));
    }

    @Test
    void shouldStreamRanges_whenTheClipIsThere() throws Exception {
        byte[] bytes = new byte[300_000];
        new Random(7).nextBytes(bytes);
        JobId job = completed(bytes);
        String path = "/v1/videos/" + job + "/content";
        String tag = "\"" + Sha256.of(bytes) + "\"";

        Response whole = given().accept("application/binary").get(path);
        whole.then()
                .statusCode(200)
                .contentType("video/mp4")
                .header("ETag", tag)
                .header("Accept-Ranges", "bytes")
                .header("Content-Length", "300000");
        assertThat(whole.asByteArray()).isEqualTo(bytes);
        Response part = given().header("Range", "bytes=100000-100009").get(path);
        part.then().statusCode(206).header("Content-Range", "bytes 100000-100009/300000");
        assertThat(part.asByteArray()).isEqualTo(java.util.Arrays.copyOfRange(bytes, 100_000, 100_010));
        given().header("If-None-Match", tag).get(path).then().statusCode(304);
        given().header("Range", "bytes=0-0")
                .header("If-Range", "\"other\"")
                .get(path)
                .then()
                .statusCode(200);
        problem(given().header("Range", "bytes=300000-").get(path), 416, "range_not_satisfiable")
                .header("Content-Range", "bytes */300000");
        given().get(path + "?variant=thumbnail").then().statusCode(200).contentType("image/jpeg");
        problem(given().get(path + "?variant=spritesheet"), 404, "no_spritesheet");
        problem(given().get(path + "?variant=poster"), 400, "invalid_variant")
                .body("detail", equalTo("variant: 'poster' is not valid; valid are video, thumbnail, spritesheet"));
        given().head(path).then().statusCode(200).header("Content-Length", "300000");
        given().get("/v1/videos/" + job)
                .then()
                .body("status", equalTo("completed"))
                .body("progress", equalTo(100));
    }

    @Test
    void shouldSayWhatIsMissing_whenThereIsNoClip() throws Exception {
        JobId running = publish(Fixtures.state(JobId.random(), JobStatus.RUNNING));
        problem(given().get("/v1/videos/" + running + "/content"), 409, "not_completed");
        problem(given().get("/v1/videos/" + JobId.random() + "/content"), 404, "unknown_video");
        ObjectRef gone = new ObjectRef(store.bucket(), "jobs/gone.mp4", "video/mp4", 3, Sha256.of(new byte[3]));
        Clip clip = new Clip(gone, gone, null, 96, 64, 33, 8);
        JobId lost = publish(Fixtures.state(JobId.random(), JobStatus.COMPLETED, clip, null));
        problem(given().get("/v1/videos/" + lost + "/content"), 404, "object_missing");
    }

    @Test
    void shouldPublishACommand_whenAVideoIsCancelled() throws Exception {
        JobId job = publish(Fixtures.state(JobId.random(), JobStatus.RUNNING));
        Failure cancelled = new Failure(FailureCause.CANCELLED, "cancelled", "cancelled over HTTP");
        Response answer = whilePlaying(
                EventType.COMMAND,
                JobCommand.class,
                job::equals,
                id -> Fixtures.state(id, JobStatus.CANCELLED, null, cancelled),
                () -> given().post("/v1/videos/" + job + "/cancel"));

        answer.then().statusCode(200).body("status", equalTo("failed")).body("error.code", equalTo("cancelled"));
        problem(given().post("/v1/videos/" + job + "/cancel"), 409, "already_done");
        problem(given().post("/v1/videos/" + JobId.random() + "/cancel"), 404, "unknown_video");
    }

    @Test
    void shouldAnswerProblems_whateverIsWrong() {
        problem(post("{\"prompt\": "), 400, "malformed_json");
        problem(post("{\"prompt\": \"p\", \"guidance_scale\": NaN}"), 400, "malformed_json");
        problem(post(""), 400, "malformed_json");
        problem(post("{\"prompt\": \"p\", \"width\": \"wide\"}"), 400, "invalid_request");
        problem(post("{\"prompt\": \"" + "x".repeat(300_000) + "\"}"), 413, "body_too_large");
        problem(given().contentType(ContentType.TEXT).body("p").post("/v1/videos"), 415, "unsupported_media_type");
        problem(given().put("/v1/videos"), 405, "method_not_allowed");
        problem(given().get("/v1/nothing"), 404, "not_found");
        problem(given().get("/nothing"), 404, "not_found");
        problem(given().get("/v1/videos/" + JobId.random()), 404, "unknown_video");
        problem(given().get("/v1/videos/..%2f..%2fetc"), 404, "unknown_video");
        problem(given().accept("image/png").get("/v1/videos/" + JobId.random()), 406, "not_acceptable");
    }

    @Test
    void shouldForgetAJob_whenItsStateIsRemoved() throws Exception {
        JobId job = publish(Fixtures.state(JobId.random(), JobStatus.QUEUED));
        Properties properties = new Properties();
        properties.put("bootstrap.servers", SharedSystem.bootstrapServers());
        var bytes = new org.apache.kafka.common.serialization.ByteArraySerializer();
        try (var producer = new org.apache.kafka.clients.producer.KafkaProducer<>(properties, bytes, bytes)) {
            producer.send(new org.apache.kafka.clients.producer.ProducerRecord<>(
                            EventType.JOB_STATE.topic(), job.toString().getBytes(UTF_8), null))
                    .get();
        }

        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> given().get("/v1/videos/" + job).statusCode() == 404);
    }

    @Test
    void shouldTellHowItIs() {
        given().get(Management.at("/q/health/live")).then().statusCode(200);
        given().get(Management.at("/q/health/ready"))
                .then()
                .body(containsString("gateway job states are complete"))
                .body(containsString("\"broker\""));
        given().get(Management.at("/q/metrics")).then().statusCode(200).body(containsString("http_server_requests"));
    }

    private static ValidatableResponse problem(Response answer, int status, String code) {
        return answer.then()
                .statusCode(status)
                .contentType(startsWith("application/problem+json"))
                .body("status", equalTo(status))
                .body("code", equalTo(code))
                .body("type", equalTo("urn:galatea:problem:" + code));
    }

    private static Response post(String body) {
        return given().contentType(ContentType.JSON).body(body).post("/v1/videos");
    }

    /** Posts a prompt and answers its event as job-tracking would. */
    private Response admit(String body, java.util.function.Function<JobId, JobState> admission) throws Exception {
        return whilePlaying(EventType.PROMPT_SUBMITTED, PromptSubmitted.class, id -> true, admission, () -> post(body));
    }

    private Response whilePlaying(
            EventType awaited,
            Class<? extends dev.galatea.model.event.Event> type,
            java.util.function.Predicate<JobId> which,
            java.util.function.Function<JobId, JobState> reaction,
            Callable<Response> request)
            throws Exception {
        ExecutorService browser = Executors.newSingleThreadExecutor();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(awaited)) {
            consumer.poll(Duration.ofSeconds(1));
            Future<Response> answer = browser.submit(request);
            while (!answer.isDone()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
                    JobId job = EventCodec.read(type, record.value()).jobId();
                    if (which.test(job)) {
                        send(reaction.apply(job));
                    }
                }
            }
            return answer.get();
        } finally {
            browser.shutdown();
        }
    }

    private PromptSubmitted submitted(String id) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(EventType.PROMPT_SUBMITTED)) {
            consumer.seekToBeginning(consumer.assignment());
            return Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInSameThread()
                    .until(
                            () -> {
                                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                                    if (id.equals(new String(record.key(), UTF_8))) {
                                        java.util.Map<String, byte[]> headers = new java.util.HashMap<>();
                                        record.headers().forEach(header -> headers.put(header.key(), header.value()));
                                        return EventCodec.read(
                                                PromptSubmitted.class, record.key(), record.value(), headers);
                                    }
                                }
                                return null;
                            },
                            found -> found != null);
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(EventType type) {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, SharedSystem.bootstrapServers());
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<org.apache.kafka.common.TopicPartition> partitions = consumer.partitionsFor(type.topic()).stream()
                .map(info -> new org.apache.kafka.common.TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
        return consumer;
    }

    private JobId completed(byte[] bytes) throws Exception {
        JobId job = JobId.random();
        ObjectRef video = store.put(ObjectKeys.clip(job, Sha256.of(bytes)), "video/mp4", bytes);
        ObjectRef thumbnail = store.put(ObjectKeys.thumbnail(job, Sha256.of(bytes)), "image/jpeg", bytes);
        return publish(Fixtures.state(job, JobStatus.COMPLETED, new Clip(video, thumbnail, null, 96, 64, 33, 8), null));
    }

    private JobId publish(JobState state) throws Exception {
        send(state);
        String path = "/v1/videos/" + state.jobId();
        Awaitility.await().atMost(PATIENCE).until(() -> given().get(path).statusCode() == 200);
        return state.jobId();
    }

    private void send(JobState state) throws Exception {
        publisher.publish(new CloudEvent(EventIds.random(), "/test", Fixtures.NOON, state));
    }
}
