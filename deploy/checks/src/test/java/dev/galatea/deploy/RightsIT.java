package dev.galatea.deploy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The services do all of their work with the rights that {@code k8s/base/users.yaml} gives them, and with their
 * certificates.
 */
class RightsIT {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String PROMPTS = "video.prompt.submitted.v1";
    private static final String FINISHED = "video.finished.v1";

    @TempDir
    static Path directory;

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();
    private static HttpServer endpoint;
    private static SecuredSystem system;

    @BeforeAll
    static void start() throws Exception {
        RecordingAuthorizer.forget();
        endpoint = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        endpoint.createContext("/told", exchange -> {
            TOLD.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        endpoint.start();
        system = new SecuredSystem(
                directory,
                Map.of(
                        "GALATEA_WEBHOOKS_ALLOW_PRIVATE_TARGETS",
                        "true",
                        "GALATEA_WEBHOOKS_ENDPOINTS_STUDIO_URL",
                        "http://127.0.0.1:" + endpoint.getAddress().getPort() + "/told",
                        "GALATEA_WEBHOOKS_ENDPOINTS_STUDIO_SECRETS",
                        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    }

    @AfterAll
    static void stop() throws Exception {
        if (system != null) {
            system.close();
        }
        endpoint.stop(0);
    }

    @BeforeEach
    void forgetWhatOthersTried() {
        RecordingAuthorizer.forget();
    }

    @Test
    void shouldSufficeForAllThatTheServicesDo() throws Exception {
        String made = post(
                "/v1/videos",
                "{\"prompt\": \"a red ball\", \"num_inference_steps\": 2, \"num_frames\": " + Repository.shortestClip()
                        + "}");
        awaitStatus(made, "completed");
        String varied = post(
                "/v1/videos/edits",
                "{\"prompt\": \"a blue ball\", \"num_inference_steps\": 2, \"video\": {\"id\": \"" + made + "\"}}");
        awaitStatus(varied, "completed");
        String stopped = post("/v1/videos", "{\"prompt\": \"a green ball\", \"num_inference_steps\": 100}");
        send(HttpRequest.newBuilder(system.gateway("/v1/videos/" + stopped + "/cancel"))
                .POST(BodyPublishers.noBody()));
        awaitStatus(stopped, "failed");
        for (String id : List.of(made, varied, stopped)) {
            Awaitility.await().atMost(PATIENCE).until(() -> TOLD.stream().anyMatch(told -> told.contains(bare(id))));
        }
        send(HttpRequest.newBuilder(system.gateway("/v1/videos/" + made)).DELETE());

        assertThat(RecordingAuthorizer.refused()).isEmpty();
    }

    @Test
    void shouldLetClientsPublishPromptsAndReadWhatBecameOfThem() throws Exception {
        String job = UUID.randomUUID().toString();
        try (KafkaProducer<String, String> producer = producer(system.clientOf("galatea-client"));
                KafkaConsumer<String, String> consumer = consumer("galatea-client", "client-studio")) {
            consumer.subscribe(List.of(FINISHED));
            producer.send(new ProducerRecord<>(PROMPTS, "no job", "no event")).get(1, TimeUnit.MINUTES);
            producer.send(prompt(job)).get(1, TimeUnit.MINUTES);

            Awaitility.await().atMost(PATIENCE).until(() -> {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(500))) {
                    if (record.key().equals(job)) {
                        return record.value().contains("completed");
                    }
                }
                return false;
            });
        }
        assertThat(RecordingAuthorizer.refused()).isEmpty();
    }

    @Test
    void shouldRefuseWhatIsNobodysBusiness() throws Exception {
        for (String user : List.of("galatea-client", "galatea-gateway", "galatea-decoding")) {
            try (KafkaProducer<String, String> producer = producer(system.clientOf(user))) {
                assertThatThrownBy(() -> producer.send(new ProducerRecord<>(FINISHED, "a", "b"))
                                .get(1, TimeUnit.MINUTES))
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(AuthorizationException.class);
            }
            // Who has no business at all with a topic is refused before it writes.
            assertThat(RecordingAuthorizer.refused())
                    .anyMatch(attempt ->
                            attempt.startsWith("CN=" + user + " ") && attempt.endsWith(" TOPIC " + FINISHED));
        }
        try (KafkaConsumer<String, String> consumer = consumer("galatea-client", "galatea-job-tracking")) {
            consumer.subscribe(List.of(FINISHED));
            assertThatThrownBy(() -> consumer.poll(Duration.ofMinutes(1))).isInstanceOf(AuthorizationException.class);
        }
    }

    @Test
    void shouldRefuseWhoHasNoCertificate() {
        try (KafkaProducer<String, String> producer = producer(system.clientOfNobody())) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>(PROMPTS, "a", "b"))
                            .get(1, TimeUnit.MINUTES))
                    .hasRootCauseInstanceOf(javax.net.ssl.SSLException.class)
                    .hasStackTraceContaining(SslAuthenticationException.class.getSimpleName());
        }
    }

    private static String bare(String id) {
        return id.replaceFirst("^video_", "");
    }

    private static ProducerRecord<String, String> prompt(String job) {
        ProducerRecord<String, String> record = new ProducerRecord<>(
                PROMPTS,
                job,
                "{\"jobId\": \"" + job + "\", \"prompt\": \"a star\", \"seed\": 7, \"steps\": 2, \"frames\": "
                        + Repository.shortestClip() + "}");
        Map.of("ce_specversion", "1.0", "ce_id", job, "ce_source", "/studio", "ce_type", "dev.galatea." + PROMPTS)
                .forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        return record;
    }

    private static KafkaProducer<String, String> producer(Map<String, Object> client) {
        return new KafkaProducer<>(client, new StringSerializer(), new StringSerializer());
    }

    private static KafkaConsumer<String, String> consumer(String user, String group) {
        Map<String, Object> config = new HashMap<>(system.clientOf(user));
        config.put("group.id", group);
        config.put("auto.offset.reset", "earliest");
        config.put("isolation.level", "read_committed");
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    private static String post(String path, String body) throws Exception {
        return send(HttpRequest.newBuilder(system.gateway(path))
                        .header("content-type", "application/json")
                        .POST(BodyPublishers.ofString(body)))
                .path("id")
                .asText();
    }

    private static void awaitStatus(String id, String status) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        send(HttpRequest.newBuilder(system.gateway("/v1/videos/" + id)))
                                .path("status")
                                .asText())
                .isEqualTo(status));
    }

    private static JsonNode send(HttpRequest.Builder request) throws Exception {
        var answer = HTTP.send(request.build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return answer.body().isEmpty() ? null : new ObjectMapper().readTree(answer.body());
    }
}
