package dev.galatea.workqueue;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * A member of a classic consumer group that holds one record at a time: the fallback for brokers before 4.2. The
 * record's partition waits while it is worked on, so there are no more workers than partitions; a partition can move to
 * another member in the middle of the work, which is then lost; deliveries are counted in this process only.
 */
final class ClassicGroupSource implements RecordSource {

    private static final Duration LEAVING = Duration.ofSeconds(5);
    private static final Duration RENEWAL = Duration.ofSeconds(1);
    private static final Duration GLANCE = Duration.ofMillis(10);
    private static final double SILENT_SECONDS = 60;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<HeldRecord.Position, Integer> deliveries = new HashMap<>();
    private final Set<TopicPartition> lost = new HashSet<>();

    ClassicGroupSource(Map<String, Object> broker, String group, String topic) {
        Map<String, Object> config = new HashMap<>(broker);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        // The default takes all partitions from all members whenever one joins, busy or not.
        config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(topic), new LossListener());
    }

    @Override
    public @Nullable HeldRecord next(Duration patience) {
        lost.clear();
        consumer.resume(consumer.paused());
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience)) {
            consumer.pause(consumer.assignment());
            HeldRecord.Position position = new HeldRecord(record, 1).position();
            deliveries.keySet().removeIf(old -> old.partition().equals(position.partition()) && !old.equals(position));
            return new HeldRecord(record, deliveries.merge(position, 1, Integer::sum));
        }
        return null;
    }

    @Override
    public Duration renewalInterval() {
        return RENEWAL;
    }

    /** Stays a member by polling; what a rebalance brings meanwhile is put back. */
    @Override
    public boolean renew(HeldRecord held) {
        ConsumerRecords<byte[], byte[]> early = consumer.poll(GLANCE);
        for (TopicPartition partition : early.partitions()) {
            consumer.seek(partition, early.records(partition).get(0).offset());
        }
        consumer.pause(consumer.assignment());
        return !lost.contains(held.position().partition());
    }

    /** Returns false always: a classic group gives the record to others as soon as its member leaves. */
    @Override
    public boolean leave(HeldRecord held, Duration time) {
        return false;
    }

    @Override
    public boolean settle(HeldRecord held, Settlement.Outcome outcome) {
        HeldRecord.Position position = held.position();
        if (!consumer.assignment().contains(position.partition())) {
            return false;
        }
        if (outcome == Settlement.Outcome.RELEASE) {
            consumer.seek(position.partition(), position.offset());
            return true;
        }
        try {
            consumer.commitSync(Map.of(position.partition(), new OffsetAndMetadata(position.offset() + 1)));
            // A rebalance that left the partition here has set the consumer back to this record.
            consumer.seek(position.partition(), position.offset() + 1);
            return true;
        } catch (CommitFailedException | RebalanceInProgressException e) {
            return false;
        }
    }

    @Override
    public boolean connected() {
        return consumer.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("last-heartbeat-seconds-ago"))
                .allMatch(metric -> (double) metric.metricValue() < SILENT_SECONDS);
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(LEAVING));
    }

    /** Remembers which partitions went to other members. */
    private final class LossListener implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            lost.addAll(partitions);
        }

        /** Partitions that a rebalance gave back at once, as most do, were never anybody else's. */
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            lost.removeAll(partitions);
        }
    }
}
