package dev.galatea.plumbing.event;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import dev.galatea.model.event.DeadLetterHeaders;
import dev.galatea.model.event.EventType;
import dev.galatea.plumbing.failure.RetryableException;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What people do with dead letters: look at them, publish them again, put them aside. Topics can't lose single records, so
 * a letter is settled by another record that names it; settled ones are not shown any more. Every call reads the topic
 * anew, so that all desks see the same. Thread-safe.
 */
public final class DeadLetterDesk implements AutoCloseable {

    private static final String REPLAYED = "replayed";
    private static final String DISCARDED = "discarded";
    private static final String OURS = "dead-letter-";
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Map<String, Object> broker;
    private final KafkaEventPublisher publisher;

    /** @param broker settings of the Kafka clients, at least {@code bootstrap.servers} */
    public DeadLetterDesk(Map<String, Object> broker, MeterRegistry metrics) {
        this.broker = Map.copyOf(broker);
        this.publisher = new KafkaEventPublisher(broker, metrics, Tracing.none());
    }

    /**
     * Letters that are not settled, newest last.
     *
     * @param limit how many of the newest
     */
    public List<DeadLetter> list(int limit) throws RetryableException {
        List<DeadLetter> open = open(letter -> true);
        return open.subList(Math.max(0, open.size() - limit), open.size());
    }

    /** One letter; empty if there is none at this position, or it is settled. */
    public Optional<DeadLetter> find(DeadLetter.Position position) throws RetryableException {
        return open(letter -> letter.position().equals(position)).stream().findFirst();
    }

    /**
     * Publishes a letter's record to the topic that it came from, as it was, and settles it.
     *
     * @throws IllegalArgumentException if only a part of the record was kept
     */
    public void replay(DeadLetter letter) throws RetryableException {
        if (letter.isCut()) {
            throw new IllegalArgumentException("dead letter " + letter.position()
                    + ": only the beginning of its value was kept, so it can't be published again");
        }
        ProducerRecord<byte[], byte[]> again =
                new ProducerRecord<>(letter.header(DeadLetterHeaders.TOPIC), letter.key(), letter.value());
        letter.headers().forEach((name, value) -> {
            if (!name.startsWith(OURS)) {
                again.headers().add(name, value);
            }
        });
        publisher.publish(again);
        settle(letter, REPLAYED);
    }

    /** Puts a letter aside for good. */
    public void discard(DeadLetter letter) throws RetryableException {
        settle(letter, DISCARDED);
    }

    private void settle(DeadLetter letter, String how) throws RetryableException {
        ProducerRecord<byte[], byte[]> settlement = new ProducerRecord<>(
                EventType.DEAD_LETTER_TOPIC, letter.position().partition(), letter.key(), null);
        settlement
                .headers()
                .add(DeadLetterHeaders.SETTLES, letter.position().toString().getBytes(UTF_8))
                .add(DeadLetterHeaders.SETTLEMENT, how.getBytes(UTF_8));
        publisher.publish(settlement);
    }

    private List<DeadLetter> open(Predicate<DeadLetter> wanted) throws RetryableException {
        List<DeadLetter> letters = new ArrayList<>();
        Set<String> settled = new HashSet<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = consumer.partitionsFor(EventType.DEAD_LETTER_TOPIC, PATIENCE).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
            Instant deadline = Instant.now().plus(PATIENCE);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                if (Instant.now().isAfter(deadline)) {
                    throw new RetryableException(
                            "broker_unavailable",
                            "the dead letters could not be read within " + PATIENCE.toSeconds() + " s",
                            null);
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    sort(letter(record), wanted, letters, settled);
                }
            }
        }
        letters.removeIf(letter -> settled.contains(letter.position().toString()));
        return letters;
    }

    private static void sort(
            DeadLetter letter, Predicate<DeadLetter> wanted, List<DeadLetter> letters, Set<String> settled) {
        if (letter.headers().containsKey(DeadLetterHeaders.SETTLES)) {
            settled.add(letter.header(DeadLetterHeaders.SETTLES));
        } else if (wanted.test(letter)) {
            letters.add(letter);
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> config = new HashMap<>(broker);
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static DeadLetter letter(ConsumerRecord<byte[], byte[]> record) {
        Map<String, byte[]> headers = new HashMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), header.value() == null ? new byte[0] : header.value());
        }
        return new DeadLetter(
                new DeadLetter.Position(record.partition(), record.offset()),
                Instant.ofEpochMilli(record.timestamp()),
                record.key(),
                record.value(),
                headers);
    }

    @Override
    public void close() {
        publisher.close();
    }
}
