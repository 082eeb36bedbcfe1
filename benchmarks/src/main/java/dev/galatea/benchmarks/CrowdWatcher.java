package dev.galatea.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.StageState;
import dev.galatea.model.id.JobId;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Follows the states and ends of some jobs, and the reports of their workers, as any reader of committed events sees
 * them. One thread of its own; the figures are thread-safe.
 */
final class CrowdWatcher implements AutoCloseable {

    private static final List<EventType> TOPICS =
            List.of(EventType.JOB_STATE, EventType.VIDEO_FINISHED, EventType.PROGRESS);

    final Latencies progress = new Latencies();
    final Latencies ends = new Latencies();
    final Latencies cancels = new Latencies();

    /** Times from a worker's report to the state that shows it. */
    final Latencies reports = new Latencies();

    private final Map<String, JobState> states = new ConcurrentHashMap<>();
    private final Map<String, Integer> reported = new ConcurrentHashMap<>();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;
    private volatile boolean closed;

    CrowdWatcher(String bootstrapServers) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                        100,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = TOPICS.stream()
                .flatMap(type -> consumer.partitionsFor(type.topic()).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
        thread = new Thread(this::follow, "crowd-watcher");
        thread.setDaemon(true);
        thread.start();
    }

    /** Follows a job from now on. */
    void follow(JobId job) {
        reported.put(job.toString(), 0);
    }

    /** Says which step a job's denoising has reached in its newest state; −1 before it began. */
    int step(JobId job) {
        JobState state = states.get(job.toString());
        return state == null
                ? -1
                : state.stages().stream()
                        .filter(stage -> stage.stage().wireName().equals("denoising"))
                        .mapToInt(StageState::step)
                        .findFirst()
                        .orElse(-1);
    }

    /** The newest state of a job; null before its first. */
    @Nullable
    JobState state(JobId job) {
        return states.get(job.toString());
    }

    private void follow() {
        while (!closed) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                String job = new String(record.key(), UTF_8);
                if (reported.containsKey(job)) {
                    see(job, record);
                }
            }
        }
        consumer.close();
    }

    private void see(String job, ConsumerRecord<byte[], byte[]> record) {
        if (record.topic().equals(EventType.VIDEO_FINISHED.topic())) {
            ends.end(job);
            cancels.end(job);
        } else if (record.value() != null) {
            try {
                if (record.topic().equals(EventType.PROGRESS.topic())) {
                    seeReport(job, EventCodec.read(Progress.class, record.value()));
                } else {
                    seeState(job, EventCodec.read(JobState.class, record.value()));
                }
            } catch (MalformedEventException e) {
                throw new IllegalStateException("a record of " + record.topic() + " can't be read", e);
            }
        }
    }

    private void seeReport(String job, Progress report) {
        if (report.detail() instanceof ProgressDetail.Step step
                && !report.worker().equals(CrowdBenchmark.WORKER)) {
            reports.begin(job + "/" + step.step());
        }
    }

    private void seeState(String job, JobState state) {
        states.put(job, state);
        int step = state.stages().stream().mapToInt(StageState::step).max().orElse(0);
        for (int seen = reported.getOrDefault(job, 0) + 1; seen <= step; seen++) {
            progress.end(job + "/" + seen);
            reports.end(job + "/" + seen);
        }
        reported.merge(job, step, Math::max);
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
    }
}
