package dev.galatea.deadletters;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

import dev.galatea.events.KafkaEventPublisher;
import dev.galatea.events.Tracing;
import dev.galatea.model.event.DeadLetterHeaders;
import dev.galatea.model.event.EventType;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.pipeline.Pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Lists, replays and discards dead letters. Single records can't be deleted from a topic, so a letter is settled by
 * another record that names it; settled letters are not listed any more. Every call reads the topic anew, so that all
 * processes see the same letters. Thread-safe.
 */
public final class DeadLetterStore implements AutoCloseable {

    private static final String REPLAYED = "replayed";
    private static final String DISCARDED = "discarded";
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Map<String, Object> broker;
    private final KafkaEventPublisher publisher;

    /** @param broker settings of the Kafka clients, at least {@code bootstrap.servers} */
    public DeadLetterStore(Map<String, Object> broker, MeterRegistry metrics) {
        this.broker = Map.copyOf(broker);
        this.publisher = new KafkaEventPublisher(broker, metrics, Tracing.none());
    }

    /**
     * A page of letters that are not settled, newest first. Only {@link #find} gives values: all of them at once could
     * be more than the memory holds.
     *
     * @param limit greatest number of letters
     * @param after the letter, settled or not, before the page's first one; absent for the first page
     * @throws IllegalArgumentException if there is no such letter
     */
    public Page list(int limit, Optional<DeadLetter.Position> after) throws RetryableException {
        List<DeadLetterSummary> all = new ArrayList<>();
        Set<String> settled = read(letter -> all.add(DeadLetterSummary.of(letter)));
        all.sort(DeadLetterSummary.NEWEST_FIRST);
        int begin = after.isEmpty() ? 0 : 1 + indexOf(after.get(), all);
        List<DeadLetterSummary> rest = all.subList(begin, all.size()).stream()
                .filter(letter -> !settled.contains(letter.position().toString()))
                .toList();
        return new Page(rest.subList(0, Math.min(limit, rest.size())), rest.size() > limit);
    }

    /**
     * A page of letters.
     *
     * @param hasMore true if there are older letters
     */
    public record Page(List<DeadLetterSummary> letters, boolean hasMore) {

        public Page {
            letters = List.copyOf(letters);
        }
    }

    /** Finds a letter; empty if there is none at this position, or it is settled. */
    public Optional<DeadLetter> find(DeadLetter.Position position) throws RetryableException {
        AtomicReference<DeadLetter> found = new AtomicReference<>();
        Set<String> settled = read(letter -> {
            if (letter.position().equals(position)) {
                found.set(letter);
            }
        });
        return settled.contains(position.toString()) ? Optional.empty() : Optional.ofNullable(found.get());
    }

    /**
     * Publishes a letter's record to the topic that it came from, as it was, and settles it.
     *
     * @throws IllegalArgumentException if only a part of the record was kept, or it came from no topic of this system
     */
    public void replay(DeadLetter letter) throws RetryableException {
        if (letter.isCut()) {
            throw new IllegalArgumentException("dead letter " + letter.position()
                    + ": only the beginning of its value was kept, so it can't be published again");
        }
        String topic = letter.header(DeadLetterHeaders.TOPIC);
        // A client that may write dead letters must not thereby write to any topic.
        if (!isOurs(topic)) {
            throw new IllegalArgumentException("dead letter " + letter.position() + ": came from the topic '" + topic
                    + "'; valid is a topic of this system's events");
        }
        ProducerRecord<byte[], byte[]> again = new ProducerRecord<>(topic, letter.key(), letter.value());
        letter.headers().forEach((name, value) -> {
            if (!name.startsWith(DeadLetterHeaders.PREFIX)) {
                again.headers().add(name, value);
            }
        });
        publisher.publish(again);
        settle(letter, REPLAYED);
    }

    /** True for the topics of event types, and for those of pools that there are. */
    private boolean isOurs(String topic) throws RetryableException {
        if (EventType.ofTopic(topic).isPresent()) {
            return true;
        }
        if (Pipeline.current().stageTaking(topic).isEmpty()) {
            return false;
        }
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            return consumer.listTopics(PATIENCE).containsKey(topic);
        } catch (KafkaException e) {
            throw unavailable(e);
        }
    }

    /** Settles a letter without publishing it again. */
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

    /**
     * Reads the topic from its beginning to where it ends now.
     *
     * @return ids of the letters that are settled
     */
    private Set<String> read(Consumer<DeadLetter> reader) throws RetryableException {
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
                    throw unavailable(null);
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    DeadLetter letter = letter(record);
                    if (letter.isSettlement()) {
                        settled.add(letter.header(DeadLetterHeaders.SETTLES));
                    } else {
                        reader.accept(letter);
                    }
                }
            }
        } catch (KafkaException e) {
            throw unavailable(e);
        }
        return settled;
    }

    private static RetryableException unavailable(@Nullable Exception cause) {
        return new RetryableException(
                "broker_unavailable",
                "the dead letters could not be read within " + PATIENCE.toSeconds() + " s",
                cause);
    }

    private static int indexOf(DeadLetter.Position position, List<DeadLetterSummary> letters) {
        for (int i = 0; i < letters.size(); i++) {
            if (letters.get(i).position().equals(position)) {
                return i;
            }
        }
        throw new IllegalArgumentException("there is no dead letter " + position);
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
