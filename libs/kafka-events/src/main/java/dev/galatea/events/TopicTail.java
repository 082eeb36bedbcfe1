package dev.galatea.events;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
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

/**
 * Follows all partitions of a topic on a thread of its own, without a consumer group, so that every process sees every
 * record. When the broker can't be reached or a reader throws, it begins anew from where it began at first: readers see
 * records again, and must not mind. {@link TailHealth} tells of tails that don't get on.
 */
public final class TopicTail implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(TopicTail.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Set<TopicTail> STARTED = ConcurrentHashMap.newKeySet();

    private final Map<String, Object> broker;
    private final String topic;
    private final @Nullable Duration replay;
    private final Consumer<ConsumerRecord<byte[], byte[]>> reader;
    private final Thread thread;
    private final RepeatedFailures failures = new RepeatedFailures(PAUSE_AFTER_FAILURE, Instant::now);
    private volatile boolean stopped;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;

    private TopicTail(
            Map<String, Object> broker,
            String topic,
            @Nullable Duration replay,
            Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        this.broker = Map.copyOf(broker);
        this.topic = topic;
        this.replay = replay;
        this.reader = reader;
        thread = new Thread(this::follow, "tail-" + topic);
        thread.setDaemon(true);
    }

    /**
     * Follows a topic from its first record on.
     *
     * @param broker configuration of a consumer
     * @param reader called on the tail's thread, one record at a time, in the order of each partition
     */
    public static TopicTail fromBeginning(
            Map<String, Object> broker, String topic, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        return new TopicTail(broker, topic, null, reader);
    }

    /** Follows a topic from the records on that are at most {@code replay} old; else as {@link #fromBeginning}. */
    public static TopicTail since(
            Map<String, Object> broker,
            String topic,
            Duration replay,
            Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        return new TopicTail(broker, topic, replay, reader);
    }

    /** Starts the thread; to be called once. */
    public TopicTail start() {
        STARTED.add(this);
        thread.start();
        return this;
    }

    /** Lists the topics that this process has not been able to follow for more than a minute. */
    static Set<String> failing() {
        return topics(tail -> tail.failures.persistent() != null || !tail.isAlive());
    }

    /** Lists the topics that this process does not follow any more, for good. */
    static Set<String> dead() {
        return topics(tail -> !tail.isAlive());
    }

    private static Set<String> topics(Predicate<TopicTail> which) {
        return STARTED.stream().filter(which).map(tail -> tail.topic).collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean isAlive() {
        return stopped || thread.isAlive();
    }

    /** Stops, and waits for the thread for at most two polls. */
    @Override
    public void close() {
        if (stopped) {
            return;
        }
        stopped = true;
        STARTED.remove(this);
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
                long looked = System.nanoTime();
                while (!stopped) {
                    fresh.poll(POLL).forEach(reader);
                    if (System.nanoTime() - looked > LOOK.toNanos()) {
                        takeNewPartitions(fresh);
                        looked = System.nanoTime();
                    }
                }
            } catch (WakeupException e) {
                LOG.debug("stopping");
            } catch (RuntimeException | Error e) {
                // Whatever it is, even if memory ran out: who stops listening without a word would miss cancellations,
                // or show old progress.
                consumer = null;
                failed(e);
            }
        }
    }

    private void failed(Throwable reason) {
        failures.next(reason);
        LOG.warnf("topic can't be followed, trying again topic=%s reason=%s", topic, reason);
        pause();
    }

    private KafkaConsumer<byte[], byte[]> open() {
        Map<String, Object> config = new HashMap<>(broker);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, replay == null ? "earliest" : "latest");
        config.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, (int) LOOK.toMillis());
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        KafkaConsumer<byte[], byte[]> fresh =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            List<TopicPartition> partitions = partitions(fresh);
            if (partitions.isEmpty()) {
                throw new UnknownTopicOrPartitionException("topic " + topic + " is not there yet");
            }
            fresh.assign(partitions);
            if (replay == null) {
                fresh.seekToBeginning(partitions);
            } else {
                seek(fresh, partitions, Instant.now().minus(replay));
            }
            return fresh;
        } catch (RuntimeException e) {
            fresh.close();
            throw e;
        }
    }

    private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> asked) {
        return asked.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }

    /** Partitions that somebody added meanwhile are read from their first records on: all of them are new. */
    private void takeNewPartitions(KafkaConsumer<byte[], byte[]> running) {
        List<TopicPartition> all = partitions(running);
        Set<TopicPartition> before = running.assignment();
        List<TopicPartition> added =
                all.stream().filter(partition -> !before.contains(partition)).toList();
        if (!added.isEmpty()) {
            running.assign(all);
            running.seekToBeginning(added);
            LOG.infof("topic has new partitions, which are followed too topic=%s partitions=%s", topic, added);
        }
    }

    private static void seek(KafkaConsumer<byte[], byte[]> fresh, List<TopicPartition> partitions, Instant since) {
        Map<TopicPartition, Long> times =
                partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> since.toEpochMilli()));
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

    private static void pause() {
        try {
            Thread.sleep(PAUSE_AFTER_FAILURE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
