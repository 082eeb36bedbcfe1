package dev.galatea.stage;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import jakarta.enterprise.inject.Any;
import jakarta.inject.Inject;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.Pool;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.DType;
import dev.galatea.model.tensor.TensorRef;
import dev.galatea.testsupport.ExampleSpecs;
import dev.galatea.testsupport.SharedSystem;
import dev.galatea.testsupport.SharedSystemResource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The runtime around {@link ExampleStage}, on the real broker. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class StageRuntimeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Sha256 DIGEST = Sha256.of(new byte[1]);
    private static final String LATENTS_OF_POOL = EventType.LATENTS_DENOISED.topic() + ".large";

    @Inject
    @Any
    ExampleStage stage;

    @Inject
    RefusingPublisher publisher;

    @Inject
    CancelledJobs cancelled;

    @Inject
    MeterRegistry meters;

    private final JobId jobId = JobId.random();
    private final List<ConsumerRecord<byte[], byte[]>> seen = new ArrayList<>();
    private KafkaProducer<byte[], byte[]> producer;
    private KafkaConsumer<byte[], byte[]> consumer;

    @BeforeEach
    void connect() {
        Map<String, Object> client = Map.of(
                "bootstrap.servers",
                SharedSystem.bootstrapServers(),
                "group.id",
                "test-" + jobId,
                "auto.offset.reset",
                "earliest");
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", SharedSystem.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        consumer = new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(
                EventType.LATENTS_DENOISED.topic(),
                LATENTS_OF_POOL,
                EventType.PROGRESS.topic(),
                EventType.DEAD_LETTER_TOPIC));
    }

    @AfterEach
    void disconnect() {
        producer.close();
        consumer.close();
    }

    @Test
    void shouldPublishTheOutput_andReportWhatTheStageDid() throws Exception {
        send("good");
        ConsumerRecord<byte[], byte[]> output = output();
        assertThat(header(output, CloudEvent.ID))
                .isEqualTo(EventIds.of(jobId, EventType.LATENTS_DENOISED).toString());
        assertThat(header(output, CloudEvent.SOURCE)).isEqualTo("/services/denoising");
        LatentsDenoised event = EventCodec.read(LatentsDenoised.class, output.value());
        assertThat(event.spec().prompt()).isEqualTo("good");
        Progress finished = progress(ProgressDetail.Finished.class);
        assertThat(finished.stage()).isEqualTo(Stage.DENOISING);
        assertThat(progress(ProgressDetail.Started.class).detail()).isEqualTo(new ProgressDetail.Started(1));
        assertThat(progress(ProgressDetail.Step.class).detail()).isEqualTo(new ProgressDetail.Step(1, 2));
    }

    @Test
    void shouldPublishTheOutputToThePoolOfTheJob() throws Exception {
        send(jobId, spec("good").withPool(new Pool("large")), Map.of());

        LatentsDenoised event = EventCodec.read(
                LatentsDenoised.class, first(LATENTS_OF_POOL, record -> true).value());
        assertThat(event.spec().pool()).isEqualTo(new Pool("large"));
        assertThat(records(EventType.LATENTS_DENOISED.topic())).isEmpty();
    }

    @Test
    void shouldGoOnInTheTraceOfTheRecord() throws Exception {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        sendTraced("good", "00-" + trace + "-b7ad6b7169203331-01");
        assertThat(header(output(), "traceparent")).contains(trace);
        ConsumerRecord<byte[], byte[]> step =
                first(EventType.PROGRESS.topic(), record -> read(record).detail() instanceof ProgressDetail.Step);
        assertThat(header(step, "traceparent")).contains(trace);
    }

    @Test
    void shouldDeadLetterWhatIsNoEvent_andGoOn() throws Exception {
        producer.send(new ProducerRecord<>(EventType.PROMPT_CONDITIONED.topic(), key(), "{".getBytes(UTF_8)))
                .get();
        assertThat(header(deadLetter(), "dead-letter-code")).isEqualTo("missing_header");
        assertThat(stage.calls).doesNotContainKey(jobId);
        // Its key names a job, which must not wait for its deadline.
        progress(ProgressDetail.Failed.class);
        send("good");
        output();
    }

    @Test
    void shouldFailTheJobAtOnce_whenItIsPoison() throws Exception {
        send("poison");
        Progress failed = progress(ProgressDetail.Failed.class);
        assertThat(((ProgressDetail.Failed) failed.detail()).failure().code()).isEqualTo("bad_latents");
        assertThat(header(deadLetter(), "dead-letter-code")).isEqualTo("bad_latents");
        assertThat(stage.calls.get(jobId)).hasValue(1);
    }

    @Test
    void shouldTryAgain_whenItMaySucceedThen() throws Exception {
        send("retry once");
        output();
        Progress retrying = progress(ProgressDetail.Retrying.class);
        assertThat(((ProgressDetail.Retrying) retrying.detail()).failure().code())
                .isEqualTo("store_unavailable");
        assertThat(stage.calls.get(jobId)).hasValue(2);
    }

    @Test
    void shouldFailTheJob_whenItFailsTooOften() throws Exception {
        send("fail always");
        Progress failed = progress(ProgressDetail.Failed.class);
        assertThat(((ProgressDetail.Failed) failed.detail()).failure().code()).isEqualTo("unexpected_error");
        assertThat(header(deadLetter(), "dead-letter-code")).isEqualTo("unexpected_error");
        assertThat(stage.calls.get(jobId)).hasValue(2);
    }

    @Test
    void shouldDeliverAgain_untilTheReportOfTheFailureIsHeard() throws Exception {
        double rejected = rejected();
        publisher.refused.add(jobId);
        send("poison");
        await().atMost(PATIENCE).until(() -> publisher.asked.contains(jobId));
        await().atMost(PATIENCE).until(() -> stage.calls.get(jobId).get() >= 2);
        assertThat(rejected()).isEqualTo(rejected);
        publisher.refused.remove(jobId);
        progress(ProgressDetail.Failed.class);
        await().atMost(PATIENCE).until(() -> rejected() == rejected + 1);
    }

    @Test
    void shouldStopTheWork_whenTheJobIsCancelled() throws Exception {
        send("wait");
        await().atMost(PATIENCE).until(() -> stage.calls.containsKey(jobId));
        cancel();
        JobId next = JobId.random();
        send(next, "good", Map.of());
        await().atMost(PATIENCE).until(() -> stage.calls.containsKey(next));
        assertThat(records(EventType.DEAD_LETTER_TOPIC)).isEmpty();
        // Job-tracking may have forgotten the command, and then the job would have no end.
        assertThat(progress(ProgressDetail.Failed.class).detail())
                .isEqualTo(
                        new ProgressDetail.Failed(new Failure(FailureCause.CANCELLED, "cancelled", "changed my mind")));
        assertThat(meters.find("galatea.stage.given.up")
                        .tag("cause", "cancelled")
                        .counter())
                .isNull();
    }

    @Test
    void shouldNotObeyACommand_thatJobTrackingCanNotRead() throws Exception {
        byte[] key = jobId.toString().getBytes(UTF_8);
        byte[] command = EventCodec.write(JobCommand.cancel(jobId, "changed my mind", Instant.now()));
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", SharedSystem.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(EventType.COMMAND.topic(), key, command))
                    .get();
        }
        cancel(JobId.random());
        assertThat(cancelled.reasonFor(jobId)).isEmpty();
    }

    @Test
    void shouldNotEvenBegin_whenTheJobWasCancelledBefore() throws Exception {
        cancel();
        send("good");
        JobId next = JobId.random();
        send(next, "good", Map.of());
        await().atMost(PATIENCE).until(() -> stage.calls.containsKey(next));
        assertThat(stage.calls).doesNotContainKey(jobId);
    }

    private void cancel() throws Exception {
        cancel(jobId);
    }

    private void cancel(JobId job) throws Exception {
        publisher.publish(new CloudEvent(
                EventIds.random(), "/test", Instant.now(), JobCommand.cancel(job, "changed my mind", Instant.now())));
        await().atMost(PATIENCE).until(() -> cancelled.reasonFor(job).isPresent());
    }

    private double rejected() {
        return meters.counter("galatea.queue.settled", "stage", "denoising", "pool", "default", "outcome", "reject")
                .count();
    }

    private void send(String prompt) throws Exception {
        send(jobId, prompt, Map.of());
    }

    private void sendTraced(String prompt, String traceparent) throws Exception {
        send(jobId, prompt, Map.of("traceparent", traceparent.getBytes(UTF_8)));
    }

    private void send(JobId job, String prompt, Map<String, byte[]> headers) throws Exception {
        send(job, spec(prompt), headers);
    }

    private static JobSpec spec(String prompt) {
        return ExampleSpecs.text("words", DIGEST).withPrompt(prompt);
    }

    /** Always to the default pool, whose worker this is. */
    private void send(JobId job, JobSpec spec, Map<String, byte[]> headers) throws Exception {
        TensorRef text = new TensorRef("bucket", "key", "text", DType.F32, List.of(1L, 8L), 100, DIGEST);
        CloudEvent event = new CloudEvent(
                EventIds.of(job, EventType.PROMPT_CONDITIONED),
                "/test",
                Instant.now(),
                new PromptConditioned(job, spec, text, text));
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(event.type().topic(), event.key(), event.payload());
        event.headers().forEach((name, value) -> record.headers().add(name, value));
        headers.forEach((name, value) -> record.headers().add(name, value));
        producer.send(record).get();
    }

    private ConsumerRecord<byte[], byte[]> output() {
        return first(EventType.LATENTS_DENOISED.topic(), record -> true);
    }

    private ConsumerRecord<byte[], byte[]> deadLetter() {
        return first(EventType.DEAD_LETTER_TOPIC, record -> true);
    }

    private Progress progress(Class<? extends ProgressDetail> detail) throws Exception {
        return EventCodec.read(
                Progress.class,
                first(
                                EventType.PROGRESS.topic(),
                                record -> detail.isInstance(read(record).detail()))
                        .value());
    }

    private static Progress read(ConsumerRecord<byte[], byte[]> record) {
        try {
            return EventCodec.read(Progress.class, record.value());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private ConsumerRecord<byte[], byte[]> first(String topic, Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        await().atMost(PATIENCE).until(() -> {
            found.addAll(records(topic).stream().filter(wanted).toList());
            return !found.isEmpty();
        });
        return found.get(0);
    }

    private List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        consumer.poll(Duration.ofMillis(200)).forEach(seen::add);
        return seen.stream()
                .filter(record ->
                        record.topic().equals(topic) && new String(record.key(), UTF_8).equals(jobId.toString()))
                .toList();
    }

    private byte[] key() {
        return jobId.toString().getBytes(UTF_8);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
