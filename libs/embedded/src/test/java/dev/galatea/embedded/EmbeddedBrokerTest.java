package dev.galatea.embedded;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EmbeddedBrokerTest {

    /** Of a batch that holds the end of a transaction and nothing else. */
    private static final int MARKER_BYTES = 78;

    @TempDir
    Path temporary;

    @Test
    void shouldKeepRecords_whenRestarted() throws Exception {
        Path data = temporary.resolve("broker");
        try (EmbeddedBroker broker = EmbeddedBroker.builder(data).start()) {
            createTopic(broker);
            send(broker, "before");
        }
        try (EmbeddedBroker broker = EmbeddedBroker.builder(data).start()) {
            send(broker, "after");
            assertThat(readAll(broker, 2)).containsExactly("before", "after");
        }
    }

    @Test
    void shouldRestart_whenItsProcessWasKilled() throws Exception {
        Path data = temporary.resolve("data");
        Process process = ChildProcess.start(
                EmbeddedMain.class, "--data", data.toString(), "--broker-port", "0", "--store-port", "0");
        ChildProcess.awaitLine(process, "ready");
        process.destroyForcibly().waitFor();

        try (EmbeddedBroker broker = EmbeddedSystem.brokerIn(data).start()) {
            createTopic(broker);
            send(broker, "alive");
            assertThat(readAll(broker, 1)).containsExactly("alive");
        }
    }

    /** A kill between the decision on a transaction and its marker may leave the log without the marker for good. */
    @Test
    void shouldEndTransactions_thatItForgotWhenItWasKilled() throws Exception {
        Path data = temporary.resolve("data");
        try (EmbeddedBroker broker = EmbeddedBroker.builder(data).start()) {
            createTopic(broker);
            sendInTransaction(broker, "undecided");
        }
        loseLastMarker(data.resolve("topic-0"));
        Files.delete(data.resolve(".kafka_cleanshutdown"));

        try (EmbeddedBroker broker = EmbeddedBroker.builder(data).start()) {
            send(broker, "after");
            assertThat(readAll(broker, 1)).containsExactly("after");
        }
    }

    private static KafkaProducer<String, String> transactional(EmbeddedBroker broker) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "test"),
                new StringSerializer(),
                new StringSerializer());
    }

    private static void sendInTransaction(EmbeddedBroker broker, String value) throws Exception {
        try (KafkaProducer<String, String> producer = transactional(broker)) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("topic", value));
            producer.commitTransaction();
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (admin.describeTransactions(List.of("test"))
                            .description("test")
                            .get()
                            .state()
                    != TransactionState.COMPLETE_COMMIT) {
                assertThat(System.nanoTime()).as("time at which it is complete").isLessThan(end);
                Thread.sleep(50);
            }
        }
    }

    private static void loseLastMarker(Path partition) throws Exception {
        try (FileChannel log =
                FileChannel.open(partition.resolve("00000000000000000000.log"), StandardOpenOption.WRITE)) {
            log.truncate(log.size() - MARKER_BYTES);
        }
        try (DirectoryStream<Path> snapshots = Files.newDirectoryStream(partition, "*.snapshot")) {
            for (Path snapshot : snapshots) {
                Files.delete(snapshot);
            }
        }
    }

    @Test
    void shouldTakeRequests_afterARestartInTheSameProcess() throws Exception {
        try (EmbeddedBroker broker =
                EmbeddedBroker.builder(temporary.resolve("broker")).start()) {
            createTopic(broker);
            send(broker, "before");

            broker.restart();

            send(broker, "after");
            assertThat(readAll(broker, 2)).containsExactly("before", "after");
            broker.close();
            broker.restart();
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), broker.port()))
                    .isInstanceOf(ConnectException.class);
        }
    }

    /** Until a transaction ends, whose offsets they are is known to nobody. */
    @Test
    void shouldNameTheGroups_whoseOffsetsAreUndecided() throws Exception {
        try (EmbeddedBroker broker =
                        EmbeddedBroker.builder(temporary.resolve("broker")).start();
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
                KafkaProducer<String, String> producer = transactional(broker)) {
            createTopic(broker);
            Map<TopicPartition, OffsetAndMetadata> committed =
                    Map.of(new TopicPartition("topic", 0), new OffsetAndMetadata(0));
            admin.alterConsumerGroupOffsets("group", committed).all().get();
            UndecidedOffsets offsets = new UndecidedOffsets(admin);
            producer.initTransactions();
            producer.beginTransaction();
            producer.sendOffsetsToTransaction(committed, new ConsumerGroupMetadata("group"));

            assertThat(offsets.groups()).containsExactly("group");
            producer.commitTransaction();
            assertThat(offsets.groups()).isEmpty();
        }
    }

    @Test
    void shouldEndInOrder_whenItsProcessIsAskedTo() throws Exception {
        Path data = temporary.resolve("data");
        Process process = ChildProcess.start(
                EmbeddedMain.class, "--data", data.toString(), "--broker-port", "0", "--store-port", "0");
        ChildProcess.awaitLine(process, "ready");
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(data.resolve("broker/.kafka_cleanshutdown")).exists();
    }

    @Test
    void shouldEndInOrder_whenItIsClosedWhileItStarts() {
        Path data = temporary.resolve("data");
        EmbeddedBroker.builder(data).begin().close();

        assertThat(data.resolve(".kafka_cleanshutdown")).exists();
        try (EmbeddedBroker broker = EmbeddedBroker.builder(data).begin()) {
            broker.awaitStarted();
        }
    }

    @Test
    void shouldSayWhyItDoesNotStart_whenItWasBegun() {
        try (EmbeddedBroker broker = EmbeddedBroker.builder(temporary.resolve("data"))
                .property("log.segment.bytes", "many")
                .begin()) {
            assertThatThrownBy(broker::awaitStarted)
                    .isInstanceOf(EmbeddedException.class)
                    .hasMessageContaining("does not start")
                    .hasMessageContaining("log.segment.bytes");
        }
    }

    @Test
    void shouldRefuse_whenDirectoryIsForeign() throws Exception {
        Files.writeString(temporary.resolve("holiday.txt"), "mine");
        assertThatThrownBy(() -> EmbeddedBroker.builder(temporary).start())
                .isInstanceOf(EmbeddedException.class)
                .hasMessageContaining(temporary.toString())
                .hasMessageContaining("not a broker's");
        assertThat(temporary.resolve("holiday.txt")).hasContent("mine");
    }

    @Test
    void shouldRefuse_whenMetaPropertiesAreCorrupt() throws Exception {
        Files.writeString(temporary.resolve("meta.properties"), "version=1\nnode.i");
        assertThatThrownBy(() -> EmbeddedBroker.builder(temporary).start())
                .isInstanceOf(EmbeddedException.class)
                .hasMessageContaining("lacks node.id");
    }

    @Test
    void shouldRefuse_whenDirectoryOrPortIsInUse() {
        Path data = temporary.resolve("broker");
        try (EmbeddedBroker broker = EmbeddedBroker.builder(data).start()) {
            assertThatThrownBy(() -> EmbeddedBroker.builder(data).start()).hasMessageContaining("in use");
            assertThatThrownBy(() -> EmbeddedBroker.builder(temporary.resolve("other"))
                            .port(broker.port())
                            .start())
                    .hasMessageContaining("port: " + broker.port());
        }
    }

    private static void createTopic(EmbeddedBroker broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("topic", 1, (short) 1)))
                    .all()
                    .get(60, TimeUnit.SECONDS);
        }
    }

    private static void send(EmbeddedBroker broker, String value) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>("topic", value)).get(60, TimeUnit.SECONDS);
        }
    }

    private static List<String> readAll(EmbeddedBroker broker, int count) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "auto.offset.reset",
                        "earliest",
                        "isolation.level",
                        "read_committed"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition("topic", 0)));
            List<String> values = new ArrayList<>();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (values.size() < count && System.nanoTime() < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            }
            return values;
        }
    }
}
