package dev.galatea.jobtracking.backlog;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.embedded.EmbeddedBroker;
import dev.galatea.jobtracking.Fixtures;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobAccepted;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.Pool;
import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;
import dev.galatea.model.pipeline.Pipeline;

import static org.assertj.core.api.Assertions.assertThat;

/** On a real broker of its own, beside groups that take records as the stages do: nobody else writes to its topics. */
class BacklogReaderTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static EmbeddedBroker embedded;
    private static Map<String, Object> broker;

    private final String group = "backlog-" + UUID.randomUUID();
    private final WorkEstimate estimate = new WorkEstimate(WorkEstimateTest.CONFIG);
    private BacklogReader reader;

    @BeforeAll
    static void startBroker(@TempDir Path directory) {
        embedded = EmbeddedBroker.builder(directory).start();
        broker = Map.of("bootstrap.servers", embedded.bootstrapServers());
    }

    @AfterAll
    static void stopBroker() {
        embedded.close();
    }

    @BeforeEach
    void open() {
        reader = new BacklogReader(broker, estimate);
    }

    @AfterEach
    void close() {
        reader.close();
    }

    @Test
    void shouldSayWhatIsLeftAndSinceWhen_asAShareGroupFinishesJobs() throws Exception {
        provision(EventType.PROMPT_CONDITIONED.topic());
        StageQueue queue = new StageQueue(Pipeline.VIDEO.definition(Stage.DENOISING), Pool.DEFAULT, group, true);
        Instant begin = Instant.now().minusSeconds(1);
        estimate.took(Stage.DENOISING, WorkEstimateTest.spec("pebble", 20, 4), 10);
        for (int i = 0; i < 3; i++) {
            JobId job = JobId.random();
            send(Fixtures.conditioned(job, WorkEstimateTest.spec("pebble", 20, 4)));
        }

        Backlog untouched = reader.read(queue);
        assertThat(untouched.jobs()).as("nobody has joined the group").isEqualTo(3);

        finishAllBut(1, 3);
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(reader.read(queue).jobs()).isEqualTo(1));
        Backlog left = reader.read(queue);
        assertThat(left.workSeconds()).isEqualTo(10);
        assertThat(left.oldest()).isAfter(begin);

        finishAllBut(0, 1);
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(reader.read(queue))
                .isEqualTo(Backlog.NONE));
    }

    @Test
    void shouldCountJobsAndNotMarkersOfTransactions_forAClassicGroup() throws Exception {
        provision(EventType.JOB_ACCEPTED.topic());
        StageQueue queue =
                new StageQueue(Pipeline.VIDEO.definition(Stage.TEXT_CONDITIONING), Pool.DEFAULT, group, false);
        TopicPartition partition = new TopicPartition(EventType.JOB_ACCEPTED.topic(), 0);
        try (KafkaConsumer<byte[], byte[]> member = new KafkaConsumer<>(
                Map.of("bootstrap.servers", embedded.bootstrapServers(), "group.id", group),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            member.assign(List.of(partition));
            long end = member.endOffsets(List.of(partition)).get(partition);
            member.commitSync(Map.of(partition, new OffsetAndMetadata(end)));
            assertThat(reader.read(queue)).isEqualTo(Backlog.NONE);

            accept(2);
            assertThat(reader.read(queue).jobs()).isEqualTo(2);

            // One record and, in transactions of their own, the markers of both.
            member.commitSync(Map.of(partition, new OffsetAndMetadata(end + 2)));
            assertThat(reader.read(queue).jobs()).isEqualTo(1);
            assertThat(reader.read(queue).workSeconds())
                    .as("nothing is known of the stage")
                    .isEqualTo(30);
        }
    }

    @Test
    void shouldCountTheJobsOfEachPoolByThemselves() throws Exception {
        provision(EventType.LATENTS_DENOISED.topic());
        provision(EventType.LATENTS_DENOISED.topic() + ".large");
        Pool large = new Pool("large");
        Map<Pool, StageQueue> queues = StageQueue.all(Pipeline.VIDEO, List.of(Pool.DEFAULT, large), true).stream()
                .filter(queue -> queue.definition().stage().equals(Stage.DECODING))
                .collect(Collectors.toMap(StageQueue::pool, queue -> queue));
        assertThat(queues).containsOnlyKeys(Pool.DEFAULT, large);
        JobSpec spec = WorkEstimateTest.spec("pebble", 20, 4);
        send(Fixtures.denoised(JobId.random(), spec));
        send(Fixtures.denoised(JobId.random(), spec.withPool(large)));
        send(Fixtures.denoised(JobId.random(), spec.withPool(large)));

        assertThat(reader.read(queues.get(Pool.DEFAULT)).jobs()).isEqualTo(1);
        assertThat(reader.read(queues.get(large)).jobs()).isEqualTo(2);
    }

    @Test
    void shouldKnowOneQueueOfAStageWithoutPools() {
        assertThat(StageQueue.all(Pipeline.VIDEO, List.of(Pool.DEFAULT, new Pool("large")), true))
                .extracting(StageQueue::group)
                .containsExactly(
                        "galatea-text-conditioning",
                        "galatea-encoding",
                        "galatea-encoding-large",
                        "galatea-denoising",
                        "galatea-denoising-large",
                        "galatea-decoding",
                        "galatea-decoding-large",
                        "galatea-finishing");
    }

    private static void provision(String topic) throws Exception {
        try (Admin admin = Admin.create(broker)) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                    .all()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private void finishAllBut(long kept, long of) throws Exception {
        try (Admin admin = Admin.create(broker)) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.GROUP, group),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                embedded.bootstrapServers(),
                "group.id",
                group,
                "share.acknowledgement.mode",
                "explicit",
                "share.acquire.mode",
                "record_limit",
                "max.poll.records",
                1);
        try (KafkaShareConsumer<byte[], byte[]> worker =
                new KafkaShareConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            worker.subscribe(List.of(EventType.PROMPT_CONDITIONED.topic()));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            for (long done = 0; done < of - kept && System.nanoTime() < deadline; ) {
                for (ConsumerRecord<byte[], byte[]> record : worker.poll(Duration.ofSeconds(1))) {
                    worker.acknowledge(record, AcknowledgeType.ACCEPT);
                    done++;
                }
                worker.commitSync();
            }
        }
    }

    private void send(Event event) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(broker, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(record(event)).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private void accept(int jobs) {
        Map<String, Object> config =
                Map.of("bootstrap.servers", embedded.bootstrapServers(), "transactional.id", group);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            for (int i = 0; i < jobs; i++) {
                producer.beginTransaction();
                producer.send(
                        record(new JobAccepted(JobId.random(), WorkEstimateTest.spec("pebble", 20, 4), Instant.now())));
                producer.commitTransaction();
            }
        }
    }

    private static ProducerRecord<byte[], byte[]> record(Event event) {
        CloudEvent cloudEvent = new CloudEvent(UUID.randomUUID(), "/test", Instant.now(), event);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(Pipeline.VIDEO.topicOf(event), 0, cloudEvent.key(), cloudEvent.payload());
        cloudEvent.headers().forEach((name, value) -> record.headers().add(name, value));
        return record;
    }
}
