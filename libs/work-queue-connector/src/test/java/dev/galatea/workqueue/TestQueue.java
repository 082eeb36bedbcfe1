package dev.galatea.workqueue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
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
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.reactive.messaging.Message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

/** A topic of one partition with a group of its own, on a real broker. */
final class TestQueue implements AutoCloseable {

    /** Long enough that a busy machine renews in time, short enough to wait for. */
    static final Duration LOCK = Duration.ofSeconds(5);

    private static final long PATIENCE_SECONDS = 60;
    private static final Vertx VERTX = Vertx.vertx();

    final String topic = "queue-test-" + UUID.randomUUID();
    final String deadLetterTopic = "dead-" + topic;
    final String group = "group-" + topic;
    final Map<String, Object> broker;
    private final KafkaProducer<byte[], byte[]> producer;
    private final DeadLetterStrategy deadLetters = new DeadLetterStrategy();
    private final List<WorkQueueChannel> open = new ArrayList<>();

    TestQueue(String bootstrapServers) throws Exception {
        broker = Map.of("bootstrap.servers", bootstrapServers);
        try (Admin admin = Admin.create(broker)) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1), new NewTopic(deadLetterTopic, 1, (short) 1)))
                    .all()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            configure(admin);
        }
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 200),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private void configure(Admin admin) throws Exception {
        Collection<AlterConfigOp> settings = List.of(
                set("share.auto.offset.reset", "earliest"),
                set("share.record.lock.duration.ms", Long.toString(LOCK.toMillis())),
                set("share.delivery.count.limit", "4"));
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.GROUP, group), settings))
                .all()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    ChannelSettings settings(ChannelSettings.Mode mode) {
        return new ChannelSettings(
                "work",
                topic,
                group,
                mode,
                1,
                LOCK,
                Duration.ofSeconds(20),
                2,
                Duration.ofMillis(300),
                Duration.ofSeconds(30),
                DeadLetterStrategy.NAME,
                deadLetterTopic,
                new ChannelSettings.MeterNames("test.queue", Map.of("channel", "work")),
                broker);
    }

    /** Sends all of them in one batch. */
    void send(String... values) throws Exception {
        List<Future<?>> sent = new ArrayList<>();
        for (String value : values) {
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(topic, "key".getBytes(UTF_8), value.getBytes(UTF_8));
            record.headers().add("ce_id", ("id of " + value).getBytes(UTF_8));
            sent.add(producer.send(record));
        }
        for (var future : sent) {
            future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    WorkQueueChannel channel(ChannelSettings settings, FailureStrategy strategy, MeterRegistry meters) {
        WorkQueueChannel channel =
                new WorkQueueChannel(settings, strategy, meters, ((VertxInternal) VERTX).createEventLoopContext());
        open.add(channel);
        return channel;
    }

    /** Works on one message at a time, and gives up by dead letters. */
    WorkQueueChannel open(ChannelSettings.Mode mode, MeterRegistry meters, RecordingWork work) {
        return open(settings(mode), deadLetters, meters, work, message -> message);
    }

    /**
     * Works on messages as a method with {@code @Incoming}, {@code @Outgoing} and {@code @Blocking} does.
     *
     * @param outgoing makes the message whose acknowledgement acknowledges the incoming one
     */
    WorkQueueChannel open(
            ChannelSettings settings,
            FailureStrategy strategy,
            MeterRegistry meters,
            RecordingWork work,
            UnaryOperator<Message<?>> outgoing) {
        WorkQueueChannel channel = channel(settings, strategy, meters);
        Multi.createFrom()
                .publisher(channel)
                .onItem()
                .transformToUni(message -> work(message, work)
                        .onItemOrFailure()
                        .transformToUni((nothing, failure) -> Uni.createFrom()
                                .completionStage(
                                        failure == null
                                                ? outgoing.apply(message).ack()
                                                : message.nack(failure))))
                .merge(settings.slots())
                .subscribe()
                .with(nothing -> {});
        return channel;
    }

    private static Uni<Void> work(Message<byte[]> message, RecordingWork work) {
        return Uni.createFrom()
                .<Void>emitter(emitter -> {
                    try {
                        work.run(message.getMetadata(WorkQueueMetadata.class).orElseThrow());
                        emitter.complete(null);
                    } catch (Throwable e) {
                        emitter.fail(e);
                    }
                })
                .runSubscriptionOn(Infrastructure.getDefaultExecutor());
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

    /** Dead letters of this queue. */
    List<ConsumerRecord<byte[], byte[]>> deadLetters() {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        TopicPartition partition = new TopicPartition(deadLetterTopic, 0);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(broker, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(found::add);
            }
        }
        return found;
    }

    static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    static String text(HeldRecord record) {
        return new String(record.record().value(), UTF_8);
    }

    @Override
    public void close() {
        open.forEach(WorkQueueChannel::close);
        deadLetters.close();
        producer.close();
    }
}
