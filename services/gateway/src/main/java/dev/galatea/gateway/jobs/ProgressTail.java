package dev.galatea.gateway.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.event.Progress;

/** Follows the progress topic without a group, from some time ago on, on a thread of its own. */
final class ProgressTail implements AutoCloseable {

    /** A worker that said nothing for so long is taken to be gone. */
    static final Duration QUIET = Duration.ofMinutes(15);

    private static final Logger LOG = Logger.getLogger(ProgressTail.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final long PAUSE_AFTER_FAILURE_MS = 1000;

    private final Map<String, Object> broker;
    private final Duration replay;
    private final Consumer<ProgressEntry> reader;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;

    ProgressTail(Map<String, Object> broker, Duration replay, Consumer<ProgressEntry> reader) {
        this.broker = Map.copyOf(broker);
        this.replay = replay;
        this.reader = reader;
        thread = new Thread(this::follow, "gateway-progress");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() {
        stopped = true;
        KafkaConsumer<byte[], byte[]> running = consumer;
        if (running != null) {
            running.wakeup();
        } else {
            thread.interrupt();
        }
        try {
            thread.join(2 * POLL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow() {
        while (!stopped) {
            try (KafkaConsumer<byte[], byte[]> fresh = open()) {
                consumer = fresh;
                while (!stopped) {
                    fresh.poll(POLL).forEach(this::read);
                }
            } catch (WakeupException e) {
                LOG.debug("stopping");
            } catch (RuntimeException e) {
                consumer = null;
                LOG.warnf("progress can't be read, trying again reason=%s", e);
                pause();
            }
        }
    }

    private KafkaConsumer<byte[], byte[]> open() {
        Map<String, Object> config = new HashMap<>(broker);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        KafkaConsumer<byte[], byte[]> fresh =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            List<TopicPartition> partitions = fresh.partitionsFor(EventType.PROGRESS.topic()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                throw new UnknownTopicOrPartitionException("topic " + EventType.PROGRESS.topic() + " is not there yet");
            }
            fresh.assign(partitions);
            seek(fresh, partitions);
            return fresh;
        } catch (RuntimeException e) {
            fresh.close();
            throw e;
        }
    }

    private void seek(KafkaConsumer<byte[], byte[]> fresh, List<TopicPartition> partitions) {
        long since = Instant.now().minus(replay).toEpochMilli();
        Map<TopicPartition, Long> times =
                partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> since));
        Map<TopicPartition, OffsetAndTimestamp> offsets = fresh.offsetsForTimes(times);
        for (TopicPartition partition : partitions) {
            OffsetAndTimestamp offset = offsets.get(partition);
            if (offset == null) {
                fresh.seekToEnd(List.of(partition));
                // Fixes the place now: "the end" would otherwise be where it is at the first poll.
                fresh.position(partition);
            } else {
                fresh.seek(partition, offset.offset());
            }
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        try {
            Progress progress = EventCodec.read(Progress.class, record.value());
            reader.accept(new ProgressEntry(record.partition(), record.offset(), progress));
        } catch (MalformedEventException e) {
            // Job-tracking reads the same topic and dead-letters what it can't read.
            LOG.debugf("unreadable progress ignored partition=%d offset=%d", record.partition(), record.offset());
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_AFTER_FAILURE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
