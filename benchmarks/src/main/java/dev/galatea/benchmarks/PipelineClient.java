package dev.galatea.benchmarks;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A stock Kafka client of the pipeline. Open it before submitting. Not thread-safe. */
final class PipelineClient implements AutoCloseable {

    private static final Duration TRACE_LIMIT = Duration.ofSeconds(10);

    private final String bootstrapServers;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private @Nullable KafkaConsumer<byte[], byte[]> tracer;

    PipelineClient(String bootstrapServers) {
        producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.bootstrapServers = bootstrapServers;
        consumer = consumer(bootstrapServers);
        followFromNow(consumer, partitions(EventType.VIDEO_FINISHED));
    }

    /** Reads all event topics from now on, so that {@link #trace} can tell where time went. */
    PipelineClient tracing() {
        tracer = consumer(bootstrapServers);
        followFromNow(tracer, allPartitions());
        return this;
    }

    /** Submits without waiting. */
    void submit(PromptSubmitted prompt) {
        publish(prompt);
    }

    /** Publishes an event without waiting. */
    void publish(Event payload) {
        CloudEvent event = new CloudEvent(EventIds.random(), "/benchmarks", Instant.now(), payload);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(event.type().topic(), event.key(), event.payload());
        event.headers().forEach((name, value) -> record.headers().add(name, value));
        producer.send(record, (metadata, failure) -> {
            if (failure != null) {
                System.err.println("not published: " + failure);
            }
        });
    }

    /** Waits until everything submitted is on the broker. */
    void flush() {
        producer.flush();
    }

    /** Terminal events that arrived within {@code patience}. */
    List<VideoFinished> finished(Duration patience) throws MalformedEventException {
        List<VideoFinished> events = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience)) {
            events.add(EventCodec.read(VideoFinished.class, record.value()));
        }
        return events;
    }

    /** Waits for one job's terminal event. */
    VideoFinished awaitFinished(JobId jobId, Duration limit) throws MalformedEventException {
        Instant deadline = Instant.now().plus(limit);
        while (Instant.now().isBefore(deadline)) {
            for (VideoFinished event : finished(Duration.ofMillis(100))) {
                if (event.jobId().equals(jobId)) {
                    return event;
                }
            }
        }
        throw new IllegalStateException("job " + jobId + " did not finish within " + limit);
    }

    /** The times at which a job that is over reached each point; waits a moment for late events. */
    JobMarks trace(JobId jobId, Instant submitted, Instant received) throws MalformedEventException {
        JobMarks marks = new JobMarks();
        marks.set(JobMarks.Mark.SUBMITTED, submitted);
        marks.set(JobMarks.Mark.RECEIVED, received);
        Instant deadline = Instant.now().plus(TRACE_LIMIT);
        while (!marks.isComplete()) {
            if (Instant.now().isAfter(deadline)) {
                throw new IllegalStateException("job " + jobId + " did not leave all of its events: " + marks);
            }
            for (ConsumerRecord<byte[], byte[]> record :
                    Objects.requireNonNull(tracer).poll(Duration.ofMillis(100))) {
                if (jobId.toString().equals(new String(record.key(), UTF_8))) {
                    marks.note(read(record), timeOf(record));
                }
            }
        }
        return marks;
    }

    private static Event read(ConsumerRecord<byte[], byte[]> record) throws MalformedEventException {
        String type = header(record, CloudEvent.TYPE);
        return EventCodec.read(EventType.ofCloudEventsType(type).orElseThrow().record(), record.value());
    }

    private static Instant timeOf(ConsumerRecord<byte[], byte[]> record) {
        return Instant.parse(header(record, CloudEvent.TIME));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    /** Records that were ever written to all event topics, including transaction markers. */
    long recordsWritten() {
        return consumer.endOffsets(allPartitions()).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private List<TopicPartition> allPartitions() {
        return EventType.values().stream()
                .map(this::partitions)
                .flatMap(Collection::stream)
                .toList();
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers) {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static void followFromNow(KafkaConsumer<byte[], byte[]> follower, List<TopicPartition> partitions) {
        follower.assign(partitions);
        follower.seekToEnd(partitions);
        partitions.forEach(follower::position);
    }

    private List<TopicPartition> partitions(EventType type) {
        return consumer.partitionsFor(type.topic()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }

    @Override
    public void close() {
        producer.close();
        consumer.close();
        if (tracer != null) {
            tracer.close();
        }
    }
}
