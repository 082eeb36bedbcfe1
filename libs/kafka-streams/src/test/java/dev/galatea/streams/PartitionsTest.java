package dev.galatea.streams;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.streams.StreamsApplication.Recovery;
import dev.galatea.testsupport.SharedSystem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Somebody adds a partition to a topic of a running application. */
class PartitionsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String STORE = "store";

    @TempDir
    Path stateDir;

    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(2);
    private final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
    private final Map<String, Object> broker = Map.of("bootstrap.servers", SharedSystem.bootstrapServers());

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    @Test
    void shouldSayWhatIsWrong_andStillAfterARestart() throws Exception {
        String topic = create("partitions.stateful", 2);
        try (KafkaStreamsSupervisor running = start(topic, () -> stateful(topic), Recovery.REPLACE_THREAD)) {
            await().atMost(PATIENCE).until(() -> running.running().isPresent());
            assertThat(running.isReady()).isTrue();
            assertThat(running.trouble()).isEmpty();

            addPartition(topic, 3);

            await().atMost(PATIENCE).until(() -> !running.isReady());
            assertThat(running.trouble()).hasValueSatisfying(words -> assertThat(words)
                    .contains(topic + " has 3 partitions and had 2 when test started", "docs/operations.md"));
        }
        try (KafkaStreamsSupervisor restarted = start(topic, () -> stateful(topic), Recovery.REPLACE_THREAD)) {
            await().atMost(PATIENCE).until(() -> restarted.trouble().isPresent());
            assertThat(restarted.trouble()).hasValueSatisfying(words -> assertThat(words)
                    .contains("the changelog topics of test have other numbers of partitions"));
            assertThat(restarted.isReady()).isFalse();
        }
    }

    @Test
    void shouldNameATopic_thatWasDeleted() throws Exception {
        String topic = create("partitions.deleted", 1);
        String other = create("partitions.kept", 1);
        try (TopicWatch watch = new TopicWatch(properties(topic), Set.of(topic, other), true, Clock.systemUTC())) {
            watch.begin();
            assertThat(watch.look()).contains(new TopicWatch.Observation(null, null));

            try (Admin admin = Admin.create(broker)) {
                admin.deleteTopics(List.of(topic)).all().get();
            }
            addPartition(other, 2);

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(watch.look()).hasValueSatisfying(seen -> {
                        assertThat(seen.obstacle()).startsWith(topic + " is missing; was the topic deleted?");
                        assertThat(seen.difference()).isEqualTo(other + " has 2 partitions and had 1");
                    }));
        }
    }

    @Test
    void shouldReadTheNewPartitions_whenTheStateIsACopy() throws Exception {
        String topic = create("partitions.copy", 1);
        try (KafkaStreamsSupervisor running = start(topic, () -> copy(topic), Recovery.REBUILD_COPY)) {
            await().atMost(PATIENCE).until(() -> running.running().isPresent());

            addPartition(topic, 2);
            try (KafkaProducer<String, String> producer =
                    new KafkaProducer<>(broker, new StringSerializer(), new StringSerializer())) {
                producer.send(new ProducerRecord<>(topic, 1, "key", "of the new partition"))
                        .get();
            }

            await().atMost(PATIENCE).until(() -> seen.contains("of the new partition"));
            await().atMost(PATIENCE).until(running::isReady);
        }
    }

    private KafkaStreamsSupervisor start(String topic, Supplier<Topology> topology, Recovery recovery) {
        StreamsApplication application = new StreamsApplication(
                "test", topology, properties(topic), Set.of(topic), Duration.ofSeconds(5), recovery);
        KafkaStreamsSupervisor supervisor = new KafkaStreamsSupervisor(
                application, executor, SupervisorListener.NONE, Duration.ofMillis(500), Clock.systemUTC());
        supervisor.start();
        return supervisor;
    }

    private Properties properties(String topic) {
        Properties properties = new Properties();
        broker.forEach((name, value) -> properties.put(name, String.valueOf(value)));
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, topic);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        return properties;
    }

    private Topology stateful(String topic) {
        return new Topology()
                .addSource("source", new StringDeserializer(), new StringDeserializer(), topic)
                .addProcessor("processor", Storing::new, "source")
                .addStateStore(store().withLoggingEnabled(Map.of()), "processor");
    }

    private Topology copy(String topic) {
        return new Topology()
                .addGlobalStore(
                        store().withLoggingDisabled(),
                        "source",
                        new StringDeserializer(),
                        new StringDeserializer(),
                        topic,
                        "processor",
                        Storing::new);
    }

    private static StoreBuilder<KeyValueStore<String, String>> store() {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(STORE), Serdes.String(), Serdes.String());
    }

    private String create(String topic, int partitions) throws Exception {
        try (Admin admin = Admin.create(broker)) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
        }
        return topic;
    }

    private void addPartition(String topic, int total) throws Exception {
        try (Admin admin = Admin.create(broker)) {
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(total)))
                    .all()
                    .get();
        }
    }

    private final class Storing extends ContextualProcessor<String, String, Void, Void> {

        @Override
        public void process(Record<String, String> record) {
            KeyValueStore<String, String> store = context().getStateStore(STORE);
            store.put(record.key(), record.value());
            seen.add(record.value());
        }
    }
}
