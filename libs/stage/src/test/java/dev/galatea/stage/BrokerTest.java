package dev.galatea.stage;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.deadletters.DeadLetter;
import dev.galatea.deadletters.DeadLetterRecords;
import dev.galatea.deadletters.DeadLetterStore;
import dev.galatea.deadletters.DeadLetterSummary;
import dev.galatea.deadletters.DeadLetters;
import dev.galatea.embedded.EmbeddedBroker;
import dev.galatea.events.KafkaEventPublisher;
import dev.galatea.events.Pools;
import dev.galatea.events.PoolsConfig;
import dev.galatea.events.QueueConfig;
import dev.galatea.events.ReceivedRecord;
import dev.galatea.events.RecordOrigin;
import dev.galatea.events.TopicProvisioner;
import dev.galatea.events.TopicTail;
import dev.galatea.events.TopicsConfig;
import dev.galatea.events.Tracing;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.DeadLetterHeaders;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;
import dev.galatea.worker.Worker;
import dev.galatea.worker.WorkerConfig;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Provisioning, publishing, following: on a broker of its own, that has no topics at first and standard limits. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BrokerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    static Path temporary;

    private static EmbeddedBroker embedded;
    private static Map<String, Object> broker;
    private static KafkaEventPublisher publisher;
    private static TopicRecords records;

    @BeforeAll
    static void start() {
        embedded = EmbeddedBroker.builder(temporary.resolve("broker")).start();
        broker = Map.of("bootstrap.servers", embedded.bootstrapServers());
        records = new TopicRecords(broker, PATIENCE);
        publisher = new KafkaEventPublisher(broker, new SimpleMeterRegistry(), Tracing.none());
    }

    @AfterAll
    static void stop() {
        publisher.close();
        embedded.close();
    }

    private static void provision() {
        new TopicProvisioner(config(TopicsConfig.class), config(QueueConfig.class), pools(), broker).provision();
    }

    private static Pools pools() {
        return new Pools(config(PoolsConfig.class), new SmallRyeConfigBuilder().build());
    }

    @Test
    @Order(1)
    void shouldFollowCommands_evenWhenTheTopicComesLater() throws Exception {
        CancelledJobs cancelled = new CancelledJobs(broker);
        cancelled.start();
        provision();
        JobId jobId = JobId.random();
        Instant now = Instant.now();
        publisher.publish(
                new CloudEvent(EventIds.random(), "/test", now, JobCommand.cancel(jobId, "changed my mind", now)));
        await().atMost(PATIENCE).until(() -> cancelled.reasonFor(jobId).isPresent());
        assertThat(cancelled.reasonFor(jobId)).contains("changed my mind");
        assertThat(cancelled.reasonFor(JobId.random())).isEmpty();
        cancelled.stop();

        CancelledJobs later = new CancelledJobs(broker);
        later.start();
        await().atMost(PATIENCE).until(() -> later.reasonFor(jobId).isPresent());
        later.stop();
    }

    @Test
    @Order(5)
    void shouldGoOnFollowing_afterAnErrorOfItsReader() {
        AtomicInteger calls = new AtomicInteger();
        try (TopicTail tail = TopicTail.fromBeginning(broker, EventType.COMMAND.topic(), record -> {
            if (calls.incrementAndGet() < 3) {
                throw new OutOfMemoryError("not really");
            }
        })) {
            tail.start();
            await().atMost(PATIENCE).until(() -> calls.get() >= 3);
        }
    }

    @Test
    @Order(6)
    void shouldShowLetters_whateverTheirSendersSayOfThem() throws Exception {
        String key = JobId.random().toString();
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(EventType.DEAD_LETTER_TOPIC, key.getBytes(UTF_8), null);
        record.headers()
                .add(DeadLetterHeaders.SETTLES, "0/0".getBytes(UTF_8))
                .add(DeadLetterHeaders.SETTLEMENT, "discarded".getBytes(UTF_8));
        RecordOrigin origin = new ReceivedRecord(new ConsumerRecord<>("video.command.v1", 0, 7, record.key(), null));
        Failure failure = new Failure(FailureCause.POISON, "malformed_payload", "no JSON at all");
        ProducerRecord<byte[], byte[]> letter =
                new DeadLetterRecords("test", 1 << 20).of(origin, record.headers(), failure);
        assertThat(letter.headers()).extracting(Header::key).doesNotContain(DeadLetterHeaders.SETTLES);
        // As one was written before such headers were left out.
        ProducerRecord<byte[], byte[]> older =
                new ProducerRecord<>(letter.topic(), null, letter.key(), null, new RecordHeaders(letter.headers()));
        record.headers().forEach(older.headers()::add);
        publisher.publish(letter);
        publisher.publish(older);

        try (DeadLetterStore store = new DeadLetterStore(broker, new SimpleMeterRegistry())) {
            long shown = 0;
            for (DeadLetterSummary summary : store.list(100, Optional.empty()).letters()) {
                shown += TopicRecords.isKey(
                                key,
                                store.find(summary.position()).orElseThrow().key())
                        ? 1
                        : 0;
            }
            assertThat(shown).isEqualTo(2);
        }
    }

    @Test
    @Order(6)
    void shouldShowReplayAndDiscardDeadLetters() throws Exception {
        String origin = EventType.PROMPT_SUBMITTED.topic();
        String replayed = JobId.random().toString();
        String discarded = JobId.random().toString();
        for (String key : List.of(replayed, discarded)) {
            bury(origin, key);
        }
        try (DeadLetterStore store = new DeadLetterStore(broker, new SimpleMeterRegistry())) {
            DeadLetter first = letter(store, replayed);
            assertThat(first.header(DeadLetterHeaders.REASON)).isEqualTo("no JSON at all");
            DeadLetter second = letter(store, discarded);
            store.replay(first);
            store.discard(second);

            assertThat(store.find(first.position())).isEmpty();
            assertThat(store.list(100, Optional.empty()).letters())
                    .extracting(DeadLetterSummary::position)
                    .doesNotContain(first.position(), second.position());
        }
        List<ConsumerRecord<byte[], byte[]>> again = records.withKey(origin, replayed);
        assertThat(again).hasSize(1);
        assertThat(again.get(0).value()).isEqualTo("no json".getBytes(UTF_8));
        assertThat(again.get(0).headers()).extracting(Header::key).containsExactly("tenant");
        assertThat(records.withKey(origin, discarded)).isEmpty();
    }

    @Test
    @Order(6)
    void shouldGiveDeadLettersInPages_newestFirst() throws Exception {
        for (int i = 0; i < 5; i++) {
            bury(EventType.PROMPT_SUBMITTED.topic(), JobId.random().toString());
        }
        try (DeadLetterStore store = new DeadLetterStore(broker, new SimpleMeterRegistry())) {
            List<DeadLetterSummary> all = store.list(100, Optional.empty()).letters();
            assertThat(all)
                    .hasSizeGreaterThanOrEqualTo(5)
                    .isSortedAccordingTo(
                            Comparator.comparing(DeadLetterSummary::at).reversed());
            DeadLetter.Position second = all.get(1).position();
            store.discard(store.find(second).orElseThrow());
            assertThat(store.list(2, Optional.of(second)).letters()).isEqualTo(all.subList(2, 4));
            assertThat(store.list(2, Optional.of(second)).hasMore()).isTrue();
            assertThat(store.list(1, Optional.of(all.get(all.size() - 2).position())))
                    .isEqualTo(new DeadLetterStore.Page(all.subList(all.size() - 1, all.size()), false));
            assertThatThrownBy(() -> store.list(1, Optional.of(new DeadLetter.Position(0, 1_000_000))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("0/1000000");
        }
    }

    @Test
    @Order(6)
    void shouldReplayToTheTopicOfAPoolThatThereIs() throws Exception {
        String topic = EventType.PROMPT_CONDITIONED.topic() + ".large";
        String key = JobId.random().toString();
        bury(topic, key);
        try (DeadLetterStore store = new DeadLetterStore(broker, new SimpleMeterRegistry())) {
            DeadLetter letter = letter(store, key);
            assertThatThrownBy(() -> store.replay(letter)).hasMessageContaining("'" + topic + "'; valid is a topic");
            try (Admin admin = Admin.create(broker)) {
                admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                        .all()
                        .get(60, TimeUnit.SECONDS);
            }
            store.replay(letter);
        }
        assertThat(records.withKey(topic, key)).hasSize(1);
    }

    @Test
    @Order(6)
    void shouldReplayToOurTopicsOnly() throws Exception {
        String key = JobId.random().toString();
        bury("somebody-elses", key);
        try (DeadLetterStore store = new DeadLetterStore(broker, new SimpleMeterRegistry())) {
            DeadLetter letter = letter(store, key);
            assertThatThrownBy(() -> store.replay(letter)).hasMessageContaining("somebody-elses");
            assertThat(store.find(letter.position())).isPresent();
        }
    }

    private static void bury(String origin, String key) throws Exception {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(EventType.DEAD_LETTER_TOPIC, key.getBytes(UTF_8), "no json".getBytes(UTF_8));
        record.headers().add("tenant", "t".getBytes(UTF_8));
        Failure failure = new Failure(FailureCause.POISON, "malformed_payload", "no JSON at all");
        DeadLetterHeaders.of(origin, 0, 7, failure, "test")
                .forEach((name, value) -> record.headers().add(name, value));
        publisher.publish(record);
    }

    private static DeadLetter letter(DeadLetterStore store, String key) throws Exception {
        for (DeadLetterSummary summary : store.list(100, Optional.empty()).letters()) {
            DeadLetter letter = store.find(summary.position()).orElseThrow();
            if (TopicRecords.isKey(key, letter.key())) {
                return letter;
            }
        }
        throw new AssertionError("no dead letter of " + key);
    }

    @Test
    @Order(2)
    void shouldProvisionOnceAndForAll_whenAskedTwice() throws Exception {
        provision();
        try (Admin admin = Admin.create(broker)) {
            assertThat(admin.listTopics().names().get(60, TimeUnit.SECONDS))
                    .contains(EventType.DEAD_LETTER_TOPIC, EventType.JOB_STATE.topic());
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, EventType.JOB_STATE.topic());
            ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "galatea-denoising");
            Map<ConfigResource, Config> configs =
                    admin.describeConfigs(List.of(topic, group)).all().get(60, TimeUnit.SECONDS);
            assertThat(configs.get(topic).get("cleanup.policy").value()).isEqualTo("compact");
            assertThat(configs.get(group).get("share.auto.offset.reset").value())
                    .isEqualTo("earliest");
        }
    }

    @Test
    @Order(3)
    void shouldKeepAllOfADeadLetter_evenWhenHuge() throws Exception {
        byte[] huge = new byte[10_000_000];
        TestPublishers.deadLetters(publisher)
                .publish(new HugeRecord(huge), new Failure(FailureCause.POISON, "c", "why"));
        ConsumerRecord<byte[], byte[]> letter = records.first(EventType.DEAD_LETTER_TOPIC);
        assertThat(letter.value()).isEqualTo(huge);
        assertThat(new String(letter.headers().lastHeader("own").value(), UTF_8))
                .isEqualTo("header");
        assertThat(new String(letter.headers().lastHeader(DeadLetters.REASON).value(), UTF_8))
                .isEqualTo("why");
        assertThat(new String(letter.headers().lastHeader(DeadLetters.OFFSET).value(), UTF_8))
                .isEqualTo("9");
    }

    @Test
    @Order(4)
    void shouldReportProgress_withTheWorkersName() throws Exception {
        JobId jobId = JobId.random();
        ProgressDetail step = new ProgressDetail.Step(3, 10);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        new ProgressReporter(publisher, new Worker(config(WorkerConfig.class)), meters)
                .report(jobId, Stage.DENOISING, step, "step/3");
        ConsumerRecord<byte[], byte[]> record = records.first(EventType.PROGRESS.topic());
        Progress progress = EventCodec.read(Progress.class, record.value());
        assertThat(progress.jobId()).isEqualTo(jobId);
        assertThat(progress.worker()).isEqualTo("worker-7");
        assertThat(progress.detail()).isEqualTo(step);
        assertThat(meters.get("galatea.stage.steps")
                        .tag("stage", "denoising")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(new String(record.headers().lastHeader(CloudEvent.ID).value(), UTF_8))
                .isEqualTo(EventIds.of(jobId, EventType.PROGRESS, "denoising/step/3")
                        .toString());
    }

    private static <T> T config(Class<T> mapping) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withConverter(Duration.class, 200, new DurationConverter())
                .withMapping(mapping)
                .withDefaultValues(Map.of("java.io.tmpdir", temporary.toString(), "galatea.worker-name", "worker-7"))
                .build()
                .getConfigMapping(mapping);
    }

    /** A record as it came. */
    @SuppressWarnings("ArrayRecordComponent")
    private record HugeRecord(byte[] value) implements RecordOrigin {

        @Override
        public String topic() {
            return "somewhere";
        }

        @Override
        public int partition() {
            return 1;
        }

        @Override
        public long offset() {
            return 9;
        }

        @Override
        public byte @Nullable [] key() {
            return null;
        }

        @Override
        public Map<String, byte[]> headers() {
            return Map.of("own", "header".getBytes(UTF_8));
        }
    }
}
