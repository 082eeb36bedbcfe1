package dev.galatea.standalone;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Follows one job as any outside program would: from the job states and the terminal event on Kafka. Open it before the
 * prompt is published, so that nothing is missed. Not thread-safe.
 */
public final class JobWatcher implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);

    private final JobId jobId;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private @Nullable VideoFinished finished;
    private @Nullable Instant firstStepAt;

    private JobWatcher(JobId jobId, KafkaConsumer<byte[], byte[]> consumer) {
        this.jobId = jobId;
        this.consumer = consumer;
    }

    /** Starts to follow a job from now on. */
    public static JobWatcher of(String bootstrapServers, JobId jobId) {
        KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers);
        List<TopicPartition> partitions = partitions(consumer, EventType.JOB_STATE, EventType.VIDEO_FINISHED);
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
        return new JobWatcher(jobId, consumer);
    }

    /** Finds the newest state of a job, however old. */
    public static Optional<JobState> find(String bootstrapServers, JobId jobId) {
        byte[] key = jobId.toString().getBytes(UTF_8);
        JobState newest = null;
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers)) {
            List<TopicPartition> partitions = partitions(consumer, EventType.JOB_STATE);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (Arrays.equals(key, record.key())) {
                        newest = record.value() == null ? null : read(JobState.class, record);
                    }
                }
            }
        }
        return Optional.ofNullable(newest);
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers) {
        Map<String, Object> config = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                // Closing waits for the last fetch, which the broker keeps for so long.
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                (int) POLL.toMillis());
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, EventType... types) {
        return Stream.of(types)
                .map(EventType::topic)
                .map(consumer::partitionsFor)
                .flatMap(Collection::stream)
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }

    /** Waits a moment for news of the job, and answers its newest state if there was any. */
    public Optional<JobState> poll() {
        byte[] key = jobId.toString().getBytes(UTF_8);
        JobState newest = null;
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            if (record.value() == null || !Arrays.equals(key, record.key())) {
                continue;
            }
            if (record.topic().equals(EventType.VIDEO_FINISHED.topic())) {
                finished = read(VideoFinished.class, record);
            } else {
                newest = read(JobState.class, record);
                noteFirstStep(newest);
            }
        }
        return Optional.ofNullable(newest);
    }

    /** The job's terminal event, once it came. */
    public @Nullable VideoFinished finished() {
        return finished;
    }

    /** Returns the time at which the first denoising step was seen to be done. */
    public @Nullable Instant firstStepAt() {
        return firstStepAt;
    }

    private void noteFirstStep(JobState state) {
        if (firstStepAt == null
                && state.stages().stream().anyMatch(s -> s.stage().equals(Stage.DENOISING) && s.step() > 0)) {
            firstStepAt = Instant.now();
        }
    }

    private static <T extends Event> T read(Class<T> type, ConsumerRecord<byte[], byte[]> record) {
        try {
            return EventCodec.read(type, record.value());
        } catch (MalformedEventException e) {
            throw new IllegalStateException("job-tracking wrote an unreadable record to " + record.topic(), e);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
