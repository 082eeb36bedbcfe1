package dev.galatea.webhooks.delivery;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.WebhookAttempted;
import dev.galatea.model.event.WebhookAttempted.Outcome;
import dev.galatea.model.id.JobId;
import dev.galatea.webhooks.Finished;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** The topology of deliveries without a broker; the test makes the attempts, and moves the clock. */
class DeliveryProcessorTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final Attempts attempts = new Attempts("studio", "archive");
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> finished;
    private TestOutputTopic<byte[], byte[]> log;
    private TestOutputTopic<byte[], byte[]> deadLetters;

    @BeforeEach
    void open(@TempDir Path directory) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "webhooks");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, directory.toString());
        BackOff backOff = new BackOff(PAUSE, Duration.ofHours(4), Duration.ofHours(72), () -> 0.5);
        DeliveryMetrics metrics = new DeliveryMetrics(meters, attempts.endpoints());
        driver = new TopologyTestDriver(
                WebhooksTopology.build(() -> new DeliveryProcessor(attempts, backOff, metrics)), properties, NOON);
        finished = driver.createInputTopic(
                EventType.VIDEO_FINISHED.topic(), new ByteArraySerializer(), new ByteArraySerializer());
        log = output(EventType.WEBHOOK_ATTEMPTED.topic());
        deadLetters = output(EventType.DEAD_LETTER_TOPIC);
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void shouldTellEveryEndpoint_andLogWhatTheyAnswered() throws Exception {
        JobId job = JobId.random();
        publish(Finished.completed(job, NOON));
        assertThat(attempts.made).extracting(Delivery::endpoint).containsExactlyInAnyOrder("studio", "archive");
        assertThat(attempts.made).extracting(Delivery::type).containsOnly("video.completed");

        attempts.endAll(new Attempt.Delivered(NOON, Duration.ofMillis(20), 204));
        pass(Duration.ofSeconds(1));

        assertThat(logged())
                .allSatisfy(entry -> {
                    assertThat(entry.outcome()).isEqualTo(Outcome.DELIVERED);
                    assertThat(entry.jobId()).isEqualTo(job);
                    assertThat(entry.attempt()).isEqualTo(1);
                })
                .hasSize(2);
        assertThat(open("studio")).isZero();
    }

    @Test
    void shouldTryAgainLater_underTheSameId_whenAnAttemptFails() throws Exception {
        publish(Finished.cancelled(JobId.random(), NOON));
        Delivery first = attempts.takeOf("studio");
        attempts.endAll(failed(503, false));
        pass(Duration.ofSeconds(1));
        assertThat(attempts.made).as("too early").isEmpty();
        assertThat(open("studio")).isEqualTo(1);

        pass(PAUSE);

        Delivery second = attempts.takeOf("studio");
        assertThat(second.webhookId()).isEqualTo(first.webhookId());
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.attempts()).isEqualTo(1);
        WebhookAttempted entry = logged().get(0);
        assertThat(entry.outcome()).isEqualTo(Outcome.RETRYING);
        assertThat(entry.error()).isEqualTo("http_status");
        assertThat(entry.nextAttemptAt()).isNotNull();
    }

    @Test
    void shouldGiveUp_whenTheEndpointIsGone() throws Exception {
        publish(Finished.cancelled(JobId.random(), NOON));
        attempts.endAll(failed(410, true));
        pass(Duration.ofSeconds(1));
        pass(Duration.ofHours(1));

        assertThat(attempts.made).isEmpty();
        assertThat(logged()).extracting(WebhookAttempted::outcome).containsOnly(Outcome.GIVEN_UP);
        assertThat(open("studio")).isZero();
    }

    @Test
    void shouldMakeSoManyAtOnce_andNoMore() {
        for (int i = 0; i < 5; i++) {
            publish(Finished.cancelled(JobId.random(), NOON));
        }
        assertThat(attempts.countOf("studio")).isEqualTo(Attempts.CONCURRENCY);

        attempts.endAll(new Attempt.Delivered(NOON, Duration.ofMillis(20), 204));
        pass(Duration.ofSeconds(1));

        assertThat(attempts.countOf("studio")).isEqualTo(Attempts.CONCURRENCY);
        assertThat(open("studio")).isEqualTo(3);
    }

    @Test
    void shouldNotTell_whenTheNewsAreTooOld() {
        publish(Finished.cancelled(JobId.random(), NOON.minus(Duration.ofDays(4))));

        assertThat(attempts.made).isEmpty();
        assertThat(open("studio")).isZero();
    }

    @Test
    void shouldDeadLetterWhatItCantRead_andGoOn() {
        finished.pipeInput("no job".getBytes(UTF_8), new byte[] {'{'});
        publish(Finished.cancelled(JobId.random(), NOON));

        assertThat(deadLetters.readRecordsToList()).singleElement().satisfies(letter -> {
            assertThat(letter.value()).containsExactly('{');
            assertThat(letter.headers()).isNotEmpty();
        });
        assertThat(attempts.countOf("studio")).isEqualTo(1);
    }

    private void publish(CloudEvent event) {
        RecordHeaders headers = new RecordHeaders();
        event.headers().forEach(headers::add);
        finished.pipeInput(new TestRecord<>(event.key(), event.payload(), headers));
    }

    private void pass(Duration time) {
        driver.advanceWallClockTime(time);
    }

    private List<WebhookAttempted> logged() throws Exception {
        List<WebhookAttempted> entries = new ArrayList<>();
        for (byte[] value : log.readValuesToList()) {
            entries.add(EventCodec.read(WebhookAttempted.class, value));
        }
        return entries;
    }

    private int open(String endpoint) {
        return (int) meters.get("galatea.webhook.open")
                .tag("endpoint", endpoint)
                .gauge()
                .value();
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static Attempt failed(int status, boolean isFinal) {
        return new Attempt.Failed(NOON, Duration.ofMillis(20), status, "http_status", Duration.ZERO, isFinal);
    }

    /** Attempts that last until the test ends them. */
    private static final class Attempts implements WebhookSender {

        static final int CONCURRENCY = 2;

        private final Set<String> endpoints;
        private final List<Delivery> made = new ArrayList<>();
        private final List<Consumer<Attempt>> running = new ArrayList<>();

        Attempts(String... endpoints) {
            this.endpoints = Set.of(endpoints);
        }

        @Override
        public Set<String> endpoints() {
            return endpoints;
        }

        @Override
        public int concurrency() {
            return CONCURRENCY;
        }

        @Override
        public void send(Delivery delivery, Consumer<Attempt> whenDone) {
            made.add(delivery);
            running.add(whenDone);
        }

        void endAll(Attempt result) {
            List<Consumer<Attempt>> all = List.copyOf(running);
            made.clear();
            running.clear();
            all.forEach(one -> one.accept(result));
        }

        Delivery takeOf(String endpoint) {
            return made.stream()
                    .filter(delivery -> delivery.endpoint().equals(endpoint))
                    .findFirst()
                    .orElseThrow();
        }

        long countOf(String endpoint) {
            return made.stream()
                    .filter(delivery -> delivery.endpoint().equals(endpoint))
                    .count();
        }
    }
}
