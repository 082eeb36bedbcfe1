package dev.galatea.jobtracking.topology;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;

import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobState;
import dev.galatea.model.pipeline.BundlePools;

/**
 * One test driver for each partition, and the broker between them: a misrouted record goes to the driver it belongs to.
 */
final class Tasks implements AutoCloseable {

    private static final int MAX_RECORD_BYTES = 2_000_000;

    private final TrackedTopics topics = new TrackedTopics(Harness.CONFIG.applicationId(), BundlePools.NONE.all());
    private final TopicLayout layout;
    private final List<Harness> partitions;

    Tasks(Path stateDir, int count) {
        layout = Harness.layout(count, MAX_RECORD_BYTES);
        partitions = IntStream.range(0, count)
                .mapToObj(partition ->
                        new Harness(stateDir.resolve("partition-" + partition), new Rotated(count, partition)))
                .toList();
    }

    /** A test driver calls each partition 0. */
    private static final class Rotated extends TopicLayout {

        private final int count;
        private final int partition;

        Rotated(int count, int partition) {
            super(count, Harness.limits(MAX_RECORD_BYTES));
            this.count = count;
            this.partition = partition;
        }

        @Override
        int partitionOf(byte[] key) {
            return Math.floorMod(super.partitionOf(key) - partition, count);
        }
    }

    /** Writes an event into a partition, which need not be the one that it belongs to. */
    void send(CloudEvent event, RecordHeaders headers, int partition, Instant at) {
        partitions.get(partition).send(event.type(), event.key(), event.payload(), headers, at);
        deliverMisrouted(topics.destinationOf(event.type().topic()));
    }

    private void deliverMisrouted(String topic) {
        for (Harness from : partitions) {
            for (TestRecord<byte[], byte[]> record : from.drain(Harness.MISROUTED + topic)) {
                partitions
                        .get(layout.partitionOf(record.getKey()))
                        .send(
                                topic,
                                record.getKey(),
                                record.getValue(),
                                new RecordHeaders(record.headers()),
                                record.getRecordTime());
            }
        }
    }

    void advance(Duration duration) {
        partitions.forEach(partition -> partition.advance(duration));
    }

    <T extends Event> List<T> drain(EventType type, Class<T> record) {
        List<T> events = new ArrayList<>();
        partitions.forEach(partition -> events.addAll(partition.drain(type, record)));
        return events;
    }

    /** The states without the tombstones of jobs that were deleted. */
    List<JobState> drainStates() {
        List<JobState> states = new ArrayList<>();
        for (Harness partition : partitions) {
            for (TestRecord<byte[], byte[]> record : partition.drain(EventType.JOB_STATE.topic())) {
                if (record.getValue() != null) {
                    states.add(Harness.read(JobState.class, record));
                }
            }
        }
        return states;
    }

    int deadLetters() {
        return partitions.stream()
                .mapToInt(partition ->
                        partition.drain(EventType.DEAD_LETTER_TOPIC).size())
                .sum();
    }

    @Override
    public void close() {
        partitions.forEach(Harness::close);
    }
}
