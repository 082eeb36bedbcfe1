package dev.galatea.stage.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import dev.galatea.deadletters.DeadLetters;
import dev.galatea.events.KafkaEventPublisher;
import dev.galatea.events.Tracing;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Stage;
import dev.galatea.stage.TestPublishers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

/** A topic of one partition with a group of its own, on a real broker. */
final class TestQueue implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;

    final String topic = "queue-test-" + UUID.randomUUID();
    final String group = "group-" + topic;
    final Map<String, Object> broker;
    private final KafkaEventPublisher publisher;
    private final KafkaProducer<byte[], byte[]> producer;
    private final List<WorkQueue> open = new ArrayList<>();

    TestQueue(String bootstrapServers) throws Exception {
        broker = Map.of("bootstrap.servers", bootstrapServers);
        try (Admin admin = Admin.create(broker)) {
            create(admin, topic);
            create(admin, EventType.DEAD_LETTER_TOPIC);
            configure(admin);
        }
        publisher = TestPublishers.publisher(bootstrapServers);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 200),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static void create(Admin admin, String name) throws Exception {
        try {
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    private void configure(Admin admin) throws Exception {
        Collection<AlterConfigOp> settings = List.of(
                set("share.auto.offset.reset", "earliest"),
                set("share.record.lock.duration.ms", Long.toString(QueueSettings.LOCK.toMillis())),
                set("share.delivery.count.limit", "4"));
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.GROUP, group), settings))
                .all()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    /** Sends all of them in one batch. */
    void send(String... values) throws Exception {
        List<Future<?>> sent = new ArrayList<>();
        for (String value : values) {
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, "key".getBytes(UTF_8), bytes(value));
            record.headers().add("ce_id", bytes("id of " + value));
            sent.add(producer.send(record));
        }
        for (var future : sent) {
            future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    WorkQueue open(QueueSettings settings, MeterRegistry meters, WorkHandler handler) {
        DeadLetters deadLetters = TestPublishers.deadLetters(publisher);
        WorkQueue queue = new WorkQueues(settings, broker, deadLetters, meters, Tracing.none())
                .open(Stage.DENOISING, group, topic, handler);
        open.add(queue);
        return queue;
    }

    /** Waits until a classic group has settled with so many members: a member that joins later takes records over. */
    void awaitClassicMembers(int count) throws Exception {
        try (Admin admin = Admin.create(broker)) {
            await().atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                    .ignoreExceptions()
                    .until(() -> {
                        ConsumerGroupDescription description = admin.describeConsumerGroups(List.of(group))
                                .describedGroups()
                                .get(group)
                                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                        return description.groupState() == GroupState.STABLE
                                && description.members().size() == count;
                    });
        }
    }

    /** Dead letters that came from this topic. */
    List<ConsumerRecord<byte[], byte[]>> deadLetters() {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        TopicPartition partition = new TopicPartition(EventType.DEAD_LETTER_TOPIC, 0);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(broker, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(found::add);
            }
        }
        found.removeIf(letter -> !header(letter, DeadLetters.TOPIC).equals(topic));
        return found;
    }

    static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    static String text(WorkItem item) {
        return new String(item.value(), UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Override
    public void close() {
        open.forEach(WorkQueue::close);
        producer.close();
    }
}
