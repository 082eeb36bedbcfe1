package dev.galatea.jobtracking;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.galatea.deadletters.DeadLetters;
import dev.galatea.jobtracking.Fixtures.Prompts;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobAccepted;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;
import dev.galatea.testsupport.SharedSystem;
import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

/** The service as it runs, on the real broker, seen by a stock consumer at isolation level read_committed. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class JobTrackingTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final List<ConsumerRecord<byte[], byte[]>> seen = new ArrayList<>();
    private final long begun = System.currentTimeMillis();
    private KafkaProducer<byte[], byte[]> producer;
    private Consumer<byte[], byte[]> consumer;

    @BeforeEach
    void connect() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", SharedSystem.bootstrapServers());
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, "test-" + UUID.randomUUID());
        consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(
                List.of(EventType.JOB_ACCEPTED.topic(), EventType.VIDEO_FINISHED.topic(), EventType.DEAD_LETTER_TOPIC));
    }

    @AfterEach
    void disconnect() {
        producer.close();
        consumer.close();
    }

    @Test
    void shouldEndEveryJobOnceAndLoseNothing_whateverComes() throws Exception {
        Map<JobId, JobStatus> expected = new HashMap<>();
        List<PromptSubmitted> prompts = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            boolean bad = i % 5 == 0;
            PromptSubmitted prompt = Prompts.prompt().steps(bad ? -1 : 4).build();
            prompts.add(prompt);
            expected.put(prompt.jobId(), bad ? JobStatus.REFUSED : JobStatus.COMPLETED);
        }
        PromptSubmitted huge = Prompts.prompt().text("x".repeat(900_000)).build();
        prompts.add(huge);
        expected.put(huge.jobId(), JobStatus.REFUSED);
        PromptSubmitted notANumber = Prompts.prompt().guidance(Double.NaN).build();
        prompts.add(notANumber);
        expected.put(notANumber.jobId(), JobStatus.REFUSED);
        PromptSubmitted unwanted = Prompts.prompt().build();
        send(JobCommand.cancel(unwanted.jobId(), "not wanted", Fixtures.NOON));

        List<byte[]> garbage = sendGarbage();
        for (PromptSubmitted prompt : prompts) {
            send(prompt);
            if (prompts.indexOf(prompt) % 3 == 0) {
                send(prompt);
            }
        }
        pollUntil(() -> assertThat(accepted()).hasSizeGreaterThanOrEqualTo(40));
        for (JobAccepted job : accepted()) {
            send(Fixtures.conditioned(job.jobId(), job.spec()));
            send(Fixtures.decoded(job.jobId(), job.spec()));
            send(Fixtures.decoded(job.jobId(), job.spec()));
        }
        send(unwanted);
        expected.put(unwanted.jobId(), JobStatus.CANCELLED);

        pollUntil(() -> assertThat(finished()).hasSizeGreaterThanOrEqualTo(expected.size()));
        pollUntil(() -> assertThat(deadLetters()).hasSizeGreaterThanOrEqualTo(garbage.size()));
        pollFor(Duration.ofSeconds(2));
        Map<JobId, JobStatus> ended = new HashMap<>();
        finished().forEach(event -> assertThat(ended.put(event.jobId(), event.status()))
                .isNull());
        assertThat(ended).isEqualTo(expected);
        assertThat(accepted()).hasSize(40);
        assertThat(deadLetters()).extracting(ConsumerRecord::value).containsExactlyInAnyOrderElementsOf(garbage);
        assertThat(deadLetters()).allSatisfy(letter -> {
            assertThat(letter.headers().lastHeader(DeadLetters.REASON)).isNotNull();
            assertThat(letter.headers().lastHeader(DeadLetters.TOPIC).value())
                    .isEqualTo(EventType.PROMPT_SUBMITTED.topic().getBytes(UTF_8));
        });
    }

    @Test
    void shouldEndAndCancelRunningJobs_beforeTheCrowdThatCameEarlier() throws Exception {
        PromptSubmitted first = Prompts.prompt().build();
        PromptSubmitted second = Prompts.prompt().build();
        send(first);
        send(second);
        pollUntil(() -> assertThat(accepted()).hasSize(2));
        JobSpec spec = accepted().get(0).spec();
        int crowd = 4_000;
        for (int i = 0; i < crowd; i++) {
            CloudEvent prompt = event(Prompts.prompt().build());
            producer.send(record(prompt.type().topic(), prompt.key(), prompt.payload(), prompt.headers()));
        }
        producer.flush();
        send(Fixtures.decoded(first.jobId(), spec));
        send(JobCommand.cancel(second.jobId(), "not wanted", Fixtures.NOON));

        pollUntil(() -> assertThat(finished())
                .extracting(VideoFinished::status)
                .containsExactlyInAnyOrder(JobStatus.COMPLETED, JobStatus.CANCELLED));
        assertThat(accepted()).as("others still wait").hasSizeLessThan(crowd);
        pollUntil(() -> assertThat(accepted()).as("nobody is forgotten").hasSize(crowd + 2));
    }

    @Test
    void shouldShowNoDeadLetters_unlessAskedTo() {
        given().get("/v1/dead-letters")
                .then()
                .statusCode(404)
                .contentType("application/problem+json")
                .body("code", is("not_enabled"))
                .body("detail", containsString("galatea.job-tracking.dead-letters-api"));
        given().post("/v1/dead-letters/0/0/replay").then().statusCode(404).body("code", is("not_enabled"));
    }

    /** Records that are no events; each value is different. */
    private List<byte[]> sendGarbage() throws Exception {
        String topic = EventType.PROMPT_SUBMITTED.topic();
        byte[] noJson = "{\"jobId\": ".getBytes(UTF_8);
        CloudEvent good = event(Prompts.prompt().build());
        CloudEvent other = event(Prompts.prompt().build());
        send(record(topic, good.key(), noJson, good.headers()));
        send(record(topic, good.key(), good.payload(), Map.of()));
        Map<String, byte[]> unknownVersion = other.headers();
        unknownVersion.put(CloudEvent.TYPE, "dev.galatea.video.prompt.submitted.v2".getBytes(UTF_8));
        send(record(topic, other.key(), other.payload(), unknownVersion));
        return List.of(noJson, good.payload(), other.payload());
    }

    private void send(Event event) throws Exception {
        CloudEvent cloudEvent = event(event);
        send(record(cloudEvent.type().topic(), cloudEvent.key(), cloudEvent.payload(), cloudEvent.headers()));
    }

    private void send(ProducerRecord<byte[], byte[]> record) throws InterruptedException, ExecutionException {
        producer.send(record).get();
    }

    private static CloudEvent event(Event event) {
        return new CloudEvent(UUID.randomUUID(), "/test", Fixtures.NOON, event);
    }

    private static ProducerRecord<byte[], byte[]> record(
            String topic, byte[] key, byte[] value, Map<String, byte[]> headers) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, value);
        headers.forEach(record.headers()::add);
        return record;
    }

    private void pollUntil(org.awaitility.core.ThrowingRunnable assertion) {
        Awaitility.await().atMost(PATIENCE).pollInSameThread().untilAsserted(() -> {
            pollFor(Duration.ofMillis(200));
            assertion.run();
        });
    }

    private void pollFor(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        do {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                if (record.timestamp() >= begun) { // Other tests use the same broker.
                    seen.add(record);
                }
            }
        } while (System.nanoTime() < end);
    }

    private List<JobAccepted> accepted() throws Exception {
        return read(EventType.JOB_ACCEPTED, JobAccepted.class);
    }

    private List<VideoFinished> finished() throws Exception {
        return read(EventType.VIDEO_FINISHED, VideoFinished.class);
    }

    private List<ConsumerRecord<byte[], byte[]>> deadLetters() {
        return seen.stream()
                .filter(record -> record.topic().equals(EventType.DEAD_LETTER_TOPIC))
                .toList();
    }

    private <T extends Event> List<T> read(EventType type, Class<T> record) throws Exception {
        List<T> events = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> one : seen) {
            if (one.topic().equals(type.topic())) {
                Map<String, byte[]> headers = new HashMap<>();
                one.headers().forEach(header -> headers.put(header.key(), header.value()));
                events.add(EventCodec.read(record, one.key(), one.value(), headers));
            }
        }
        return events;
    }
}
