package dev.galatea.jobtracking.backlog;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Asks the broker how far a stage's group is, and looks at the records that it has still to do, without taking part in
 * the group. A group that nobody has joined yet has everything still to do. Not thread-safe.
 */
final class BacklogReader implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 10;
    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final int RECORDS = 500;

    private final Admin admin;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final WorkEstimate estimate;
    private final Map<TopicPartition, QueuedWork> work = new HashMap<>();

    /** A group's position in one partition; {@code lag} is null where it has to be counted by reading the records. */
    private record Position(long start, @Nullable Long lag) {}

    BacklogReader(Map<String, Object> broker, WorkEstimate estimate) {
        this.estimate = estimate;
        Map<String, Object> config = new HashMap<>(broker);
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, RECORDS);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, "galatea-backlog");
        consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        admin = Admin.create(broker);
    }

    Backlog read(StageQueue queue) throws InterruptedException, ExecutionException, TimeoutException {
        List<TopicPartition> partitions = consumer.partitionsFor(queue.topic()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        Map<TopicPartition, Position> positions = queue.shared() ? sharePositions(queue) : classicPositions(queue);
        // The client logs a warning for each partition whose end it is asked for and that it isn't assigned.
        consumer.assign(partitions);
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Backlog all = Backlog.NONE;
        for (TopicPartition partition : partitions) {
            long beginning = beginnings.getOrDefault(partition, 0L);
            Position position = positions.getOrDefault(partition, new Position(beginning, null));
            long start = Math.max(position.start, beginning);
            all = all.plus(
                    read(queue, partition, new Position(start, position.lag), ends.getOrDefault(partition, start)));
        }
        return all;
    }

    private Backlog read(StageQueue queue, TopicPartition partition, Position position, long end) {
        QueuedWork queued = work.computeIfAbsent(partition, ignored -> new QueuedWork(queue));
        long next = queued.startingAt(position.start);
        if (next < end && !queued.isFull()) {
            look(partition, queued, next, end);
        }
        if (position.lag != null) {
            return queued.backlog(position.lag, estimate);
        }
        // Offsets count the markers of transactions, too; the records that were read don't.
        return queued.backlog(queued.isFull() ? end - position.start : queued.size(), estimate);
    }

    private void look(TopicPartition partition, QueuedWork queued, long from, long end) {
        consumer.assign(List.of(partition));
        consumer.seek(partition, from);
        long deadline = System.nanoTime() + LOOK.toNanos();
        while (consumer.position(partition) < end && !queued.isFull() && System.nanoTime() - deadline < 0) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(LOOK)) {
                queued.add(record);
            }
            queued.seenUpTo(consumer.position(partition));
        }
    }

    private Map<TopicPartition, Position> sharePositions(StageQueue queue)
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<TopicPartition, Position> positions = new HashMap<>();
        try {
            admin.listShareGroupOffsets(Map.of(queue.group(), new ListShareGroupOffsetsSpec()))
                    .partitionsToOffsetInfo(queue.group())
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .forEach((partition, info) -> {
                        if (info != null && partition.topic().equals(queue.topic())) {
                            long lag = info.lag().orElse(-1L);
                            positions.put(partition, new Position(info.startOffset(), lag < 0 ? null : lag));
                        }
                    });
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof GroupIdNotFoundException)) {
                throw e;
            }
        }
        return positions;
    }

    private Map<TopicPartition, Position> classicPositions(StageQueue queue)
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<TopicPartition, Position> positions = new HashMap<>();
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(queue.group())
                .partitionsToOffsetAndMetadata()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        committed.forEach((partition, offset) -> {
            if (offset != null && partition.topic().equals(queue.topic())) {
                positions.put(partition, new Position(offset.offset(), null));
            }
        });
        return positions;
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(LOOK));
        admin.close(LOOK);
    }
}
