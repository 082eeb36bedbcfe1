package dev.galatea.testsupport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.id.JobId;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A stock Kafka client that plays the services before and after the one under test, on the {@link SharedSystem}. Not
 * thread-safe.
 */
public final class BrokerClient implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<ConsumerRecord<byte[], byte[]>> seen = new ArrayList<>();

    /** Reads these topics from their beginning. */
    public BrokerClient(String... topics) {
        String servers = SharedSystem.bootstrapServers();
        Properties producing = new Properties();
        producing.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
        producer = new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer());
        Properties consuming = new Properties();
        consuming.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
        consuming.put(ConsumerConfig.GROUP_ID_CONFIG, "test-" + UUID.randomUUID());
        consuming.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        consumer = new KafkaConsumer<>(consuming, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(topics));
    }

    /** Publishes an event, and waits until the broker has it. */
    public void send(CloudEvent event) throws ExecutionException, InterruptedException {
        send(event.type(), event.key(), event.payload(), event.headers());
    }

    /** Publishes a record to the topic of a type, whatever it holds, and waits until the broker has it. */
    public void send(EventType type, byte[] key, byte[] value, Map<String, byte[]> headers)
            throws ExecutionException, InterruptedException {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(type.topic(), key, value);
        headers.forEach((name, content) -> record.headers().add(name, content));
        producer.send(record).get();
    }

    /** The first event of a type about a job that fits; waits for it. */
    public <T extends Event> T await(Class<T> type, JobId jobId, Predicate<T> fits) {
        List<T> found = new ArrayList<>();
        Awaitility.await().atMost(PATIENCE).until(() -> {
            found.addAll(all(type, jobId).stream().filter(fits).toList());
            return !found.isEmpty();
        });
        return found.get(0);
    }

    /** The dead letter of a job; waits for it. */
    public ConsumerRecord<byte[], byte[]> awaitDeadLetter(String key) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        Awaitility.await().atMost(PATIENCE).until(() -> {
            poll();
            seen.stream()
                    .filter(r ->
                            r.topic().equals(EventType.DEAD_LETTER_TOPIC) && new String(r.key(), UTF_8).equals(key))
                    .forEach(found::add);
            return !found.isEmpty();
        });
        return found.get(0);
    }

    /** Returns all events of a type about a job so far. */
    public <T extends Event> List<T> all(Class<T> type, JobId jobId) throws MalformedEventException {
        poll();
        List<T> events = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records(type, jobId)) {
            events.add(EventCodec.read(type, record.key(), record.value(), headers(record)));
        }
        return events;
    }

    /** The records that were seen so far of a type about a job. */
    public List<ConsumerRecord<byte[], byte[]>> records(Class<? extends Event> type, JobId jobId) {
        return seen.stream()
                .filter(r -> topicOf(type).equals(r.topic()) && new String(r.key(), UTF_8).equals(jobId.toString()))
                .toList();
    }

    /** The last header of each name. */
    public static Map<String, byte[]> headers(ConsumerRecord<byte[], byte[]> record) {
        Map<String, byte[]> headers = new HashMap<>();
        record.headers().forEach(header -> headers.put(header.key(), header.value()));
        return headers;
    }

    private void poll() {
        consumer.poll(Duration.ofMillis(200)).forEach(seen::add);
    }

    private static String topicOf(Class<? extends Event> type) {
        for (EventType candidate : EventType.values()) {
            if (candidate.record() == type) {
                return candidate.topic();
            }
        }
        throw new IllegalArgumentException(type.toString());
    }

    @Override
    public void close() {
        producer.close();
        consumer.close();
    }
}
