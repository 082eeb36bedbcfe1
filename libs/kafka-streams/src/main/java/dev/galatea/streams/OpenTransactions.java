package dev.galatea.streams;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

import org.apache.kafka.common.TopicPartition;

/**
 * Notices partitions in which a transaction stays open: readers at read_committed get nothing from its first record on,
 * of whichever producer, until it ends or the broker aborts it after its {@code transaction.timeout.ms}. Not
 * thread-safe.
 */
final class OpenTransactions {

    /** Longer than a producer with Kafka's default timeout can hold one. */
    static final Duration LONGEST = Duration.ofSeconds(75);

    private final LongSupplier nanos;
    private final Map<TopicPartition, Standstill> standstills = new HashMap<>();

    /** @param nanos time that is never set, as {@link System#nanoTime} */
    OpenTransactions(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * Says which partitions stand still for too long, in words for operators; empty if none does.
     *
     * @param stable the offset of each partition up to which it is read at read_committed
     * @param end the offset behind its last record, asked for after {@code stable}
     */
    Optional<String> stuck(Map<TopicPartition, Long> stable, Map<TopicPartition, Long> end) {
        long now = nanos.getAsLong();
        standstills.keySet().retainAll(stable.keySet());
        stable.forEach((partition, offset) -> {
            if (end.getOrDefault(partition, offset) <= offset) {
                standstills.remove(partition);
            } else {
                standstills.merge(
                        partition,
                        new Standstill(offset, now),
                        (before, seen) -> before.offset == offset ? before : seen);
            }
        });
        String words = standstills.entrySet().stream()
                .filter(entry -> now - entry.getValue().since > LONGEST.toNanos())
                .map(entry -> "a transaction is open in " + entry.getKey() + " since offset " + entry.getValue().offset)
                .sorted()
                .collect(Collectors.joining(", "));
        return words.isEmpty()
                ? Optional.empty()
                : Optional.of(words + "; what comes after it is not read: 'When something is wrong' in"
                        + " docs/operations.md says what to do");
    }

    /** @param since the time, in nanoseconds, at which the offset was seen first */
    private record Standstill(long offset, long since) {}
}
