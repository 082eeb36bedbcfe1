package dev.galatea.systemtests;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.DeadLetterHeaders;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.event.Pool;
import dev.galatea.model.id.JobId;
import dev.galatea.model.pipeline.Pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Every committed record of every topic, as a thread of its own reads them; brokers may die meanwhile. Thread-safe. */
final class EventLog implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(50);
    private static final long LOOK_AGAIN_MS = 20;
    private static final Duration CATCH_UP_LIMIT = Duration.ofSeconds(60);

    private final List<ObservedEvent> seen = new CopyOnWriteArrayList<>();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread reader;
    private volatile boolean closed;
    private volatile long passesAtEnd;

    /** @param pools those that have topics of their own, and the default one */
    EventLog(String bootstrapServers, Collection<Pool> pools) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = Stream.concat(
                        EventType.values().stream().flatMap(type -> Pipeline.current().topicsOf(type, pools).stream()),
                        Stream.of(EventType.DEAD_LETTER_TOPIC))
                .map(consumer::partitionsFor)
                .flatMap(Collection::stream)
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        reader = new Thread(this::read, "drill-event-log");
        reader.setDaemon(true);
        reader.start();
    }

    /** Returns all events read so far, in the order of reading. */
    List<ObservedEvent> all() {
        return seen;
    }

    /** The events of one job. */
    Stream<ObservedEvent> of(JobId jobId) {
        String key = jobId.toString();
        return seen.stream().filter(event -> event.key().equals(key));
    }

    /** Events of one type, of all jobs. */
    <T extends Event> Stream<T> events(Class<T> type) {
        return seen.stream().map(ObservedEvent::event).filter(type::isInstance).map(type::cast);
    }

    /** Waits for a record of a job. */
    ObservedEvent await(JobId jobId, String what, Predicate<ObservedEvent> wanted, Duration limit)
            throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            var found = of(jobId).filter(wanted).findFirst();
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() > deadline) {
                throw new DrillException("job " + jobId + ": no " + what + " within " + limit);
            }
            Thread.sleep(LOOK_AGAIN_MS);
        }
    }

    /** Waits until everything that is on the broker now was read. */
    void catchUp() throws InterruptedException {
        long pass = passesAtEnd;
        long deadline = System.nanoTime() + CATCH_UP_LIMIT.toNanos();
        // The pass that is under way may have begun before the call; the one after it has not.
        while (passesAtEnd < pass + 2) {
            if (System.nanoTime() > deadline) {
                throw new DrillException("the topics could not be read to their ends within " + CATCH_UP_LIMIT);
            }
            Thread.sleep(LOOK_AGAIN_MS);
        }
    }

    private void read() {
        while (!closed) {
            try {
                consumer.poll(POLL).forEach(record -> seen.add(toEvent(record)));
                if (atEnd()) {
                    passesAtEnd++;
                }
            } catch (KafkaException e) {
                // The drill killed the broker; it comes back.
            }
        }
        consumer.close();
    }

    private boolean atEnd() {
        return consumer.endOffsets(consumer.assignment()).entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private static ObservedEvent toEvent(ConsumerRecord<byte[], byte[]> record) {
        String key = record.key() == null ? "" : new String(record.key(), UTF_8);
        return new ObservedEvent(
                record.topic(),
                key,
                header(record, CloudEvent.ID),
                Instant.ofEpochMilli(record.timestamp()),
                decode(record),
                origin(record));
    }

    private static @Nullable String origin(ConsumerRecord<byte[], byte[]> record) {
        return record.topic().equals(EventType.DEAD_LETTER_TOPIC)
                ? ObservedEvent.place(
                        header(record, DeadLetterHeaders.TOPIC),
                        header(record, DeadLetterHeaders.PARTITION),
                        header(record, DeadLetterHeaders.OFFSET))
                : null;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }

    private static @Nullable Event decode(ConsumerRecord<byte[], byte[]> record) {
        EventType type = Pipeline.current().typeOf(record.topic()).orElse(null);
        if (type == null || record.value() == null) {
            return null;
        }
        try {
            return EventCodec.read(type.record(), record.value());
        } catch (MalformedEventException e) {
            return null;
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        reader.join();
    }
}
