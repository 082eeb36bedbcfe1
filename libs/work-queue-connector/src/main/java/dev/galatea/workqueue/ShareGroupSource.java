package dev.galatea.workqueue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A member of a share group (KIP-932) that holds one record at a time.
 *
 * <p>Why one consumer per slot: while a consumer holds a record that it renews, its polls return that record again and
 * nothing new. Why the renewal is committed before the poll that returns the record: a poll with a renewal under way
 * asks the broker for another record, whose lock nobody would renew.
 */
final class ShareGroupSource implements RecordSource {

    private static final Logger LOG = Logger.getLogger(ShareGroupSource.class);
    private static final Duration LEAVING = Duration.ofSeconds(5);
    private static final int RENEWALS_PER_LOCK = 3;
    private static final double SILENT_SECONDS = 60;

    private final KafkaShareConsumer<byte[], byte[]> consumer;
    private Duration lock;

    /** @param lock the configured lock duration of the group; the broker's answer replaces it */
    ShareGroupSource(Map<String, Object> broker, String group, String topic, Duration lock) {
        Map<String, Object> config = new HashMap<>(broker);
        for (String refused : List.of(
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                ConsumerConfig.GROUP_PROTOCOL_CONFIG)) {
            config.remove(refused);
        }
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
        // The default may lock a whole batch of records for one worker.
        config.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        this.lock = lock;
        consumer = new KafkaShareConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(topic));
    }

    @Override
    public @Nullable HeldRecord next(Duration patience) {
        long asked = System.nanoTime();
        ConsumerRecords<byte[], byte[]> records = consumer.poll(patience);
        HeldRecord first = null;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (first == null) {
                first = new HeldRecord(record, record.deliveryCount().orElse((short) 1));
            } else {
                // Never seen with record_limit; another slot can have it at once.
                consumer.acknowledge(record, AcknowledgeType.RELEASE);
            }
        }
        consumer.acquisitionLockTimeoutMs().ifPresent(millis -> lock = Duration.ofMillis(millis));
        if (first != null) {
            first.lockedFor(asked, lock);
        }
        return first;
    }

    @Override
    public Duration renewalInterval() {
        return lock.dividedBy(RENEWALS_PER_LOCK);
    }

    /**
     * A lock that has run out by this clock is lost, whatever the broker says: it says yes to any acknowledgement of a
     * record that lies before the first one that is not settled, also to a worker that slept while another did the
     * work.
     */
    @Override
    public boolean renew(HeldRecord held) {
        long asked = System.nanoTime();
        if (!held.isLockedFor(Duration.ZERO)) {
            // Not for the broker's sake: a consumer takes nothing new while it has a record that is not settled.
            commit(held, AcknowledgeType.RELEASE);
            return false;
        }
        if (!commit(held, AcknowledgeType.RENEW)) {
            return false;
        }
        held.lockedFor(asked, lock);
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(renewalInterval())) {
            if (record.offset() == held.record().offset()
                    && record.partition() == held.record().partition()) {
                return true;
            }
            consumer.acknowledge(record, AcknowledgeType.RELEASE);
        }
        return false;
    }

    /**
     * A partition is one member's as long as there are fewer members than partitions. If this one left after its work,
     * the next would only then be given its partition, which takes up to a heartbeat and a fetch; now it waits there
     * already when the record is released. A renewed record can't be settled without another poll, which needs a
     * subscription.
     */
    @Override
    public boolean leave(HeldRecord held, Duration time) {
        boolean lasts = held.isLockedFor(time);
        if (lasts) {
            consumer.unsubscribe();
        }
        return lasts;
    }

    @Override
    public boolean settle(HeldRecord held, Settlement.Outcome outcome) {
        return commit(
                held,
                switch (outcome) {
                    case ACCEPT -> AcknowledgeType.ACCEPT;
                    case REJECT -> AcknowledgeType.REJECT;
                    case RELEASE -> AcknowledgeType.RELEASE;
                });
    }

    /**
     * Waits as long as the lock would hold anyway; the client tries again meanwhile.
     *
     * @return whether the broker agreed
     * @throws KafkaException if there is no answer for the record, as for a member that has no session with the broker
     *     any more; the consumer would wait for it for ever
     */
    private boolean commit(HeldRecord held, AcknowledgeType type) {
        consumer.acknowledge(held.record(), type);
        Map<TopicIdPartition, Optional<KafkaException>> results = consumer.commitSync(lock.minus(renewalInterval()));
        for (Map.Entry<TopicIdPartition, Optional<KafkaException>> result : results.entrySet()) {
            if (result.getKey().topicPartition().equals(held.position().partition())) {
                result.getValue()
                        .ifPresent(reason ->
                                LOG.warnf("refused acknowledgement=%s record=%s reason=%s", type, held, reason));
                return result.getValue().isEmpty();
            }
        }
        throw new KafkaException("unanswered acknowledgement=" + type + " record=" + held);
    }

    @Override
    public boolean connected() {
        return consumer.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("last-heartbeat-seconds-ago"))
                .allMatch(metric -> (double) metric.metricValue() < SILENT_SECONDS);
    }

    /** The broker releases at once what a member holds that leaves. */
    @Override
    public void close() {
        consumer.close(LEAVING);
    }
}
