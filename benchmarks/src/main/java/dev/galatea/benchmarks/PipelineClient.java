package dev.galatea.benchmarks;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;

/** A stock Kafka client of the pipeline. Open it before submitting. Not thread-safe. */
final class PipelineClient implements AutoCloseable {

    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;

    PipelineClient(String bootstrapServers) {
        producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = partitions(EventType.VIDEO_FINISHED);
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    /** Submits without waiting. */
    void submit(PromptSubmitted prompt) {
        CloudEvent event = new CloudEvent(EventIds.random(), "/benchmarks", Instant.now(), prompt);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(event.type().topic(), event.key(), event.payload());
        event.headers().forEach((name, value) -> record.headers().add(name, value));
        producer.send(record, (metadata, failure) -> {
            if (failure != null) {
                System.err.println("not submitted: " + failure);
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

    /** Records that were ever written to all event topics, including transaction markers. */
    long recordsWritten() {
        List<TopicPartition> all = Arrays.stream(EventType.values())
                .map(this::partitions)
                .flatMap(Collection::stream)
                .toList();
        return consumer.endOffsets(all).values().stream()
                .mapToLong(Long::longValue)
                .sum();
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
    }
}
