package dev.galatea.events;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.smallrye.common.annotation.Identifier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jboss.logging.Logger;

import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.pipeline.Pipeline;

/** One idempotent producer per process, with all replicas' acknowledgement and no lingering. Thread-safe. */
@ApplicationScoped
public class KafkaEventPublisher implements EventPublisher, AutoCloseable {

    /** The time within which an event must reach the broker. */
    static final int DELIVERY_TIMEOUT_MS = 30_000;

    private static final Logger LOG = Logger.getLogger(KafkaEventPublisher.class);
    private static final int REQUEST_TIMEOUT_MS = 10_000;

    private final KafkaProducer<byte[], byte[]> producer;
    private final Timer acknowledgements;
    private final Tracing tracing;

    @Inject
    public KafkaEventPublisher(
            @Identifier("default-kafka-broker") Map<String, Object> broker, MeterRegistry metrics, Tracing tracing) {
        this.tracing = tracing;
        acknowledgements = Timer.builder("galatea.event.publish")
                .description("Time that a caller waited for the broker to have an event")
                .register(metrics);
        Map<String, Object> config = new HashMap<>(broker);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, TopicDefinitions.MAX_DEAD_LETTER_BYTES);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MS);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, REQUEST_TIMEOUT_MS);
        producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void publish(CloudEvent event) throws RetryableException {
        long start = System.nanoTime();
        try {
            await(send(toRecord(event)).toCompletableFuture(), event.type().topic());
        } finally {
            acknowledgements.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public CompletionStage<Void> publishAsync(CloudEvent event) {
        return send(toRecord(event)).whenComplete((nothing, failure) -> {
            if (failure != null) {
                LOG.warnf(
                        "event not published topic=%s jobId=%s reason=%s",
                        event.type().topic(), event.event().jobId(), failure.getMessage());
            }
        });
    }

    /** Sends a record that is no event, such as a dead letter, and waits until the broker has it. */
    public void publish(ProducerRecord<byte[], byte[]> record) throws RetryableException {
        await(send(record).toCompletableFuture(), record.topic());
    }

    private CompletionStage<Void> send(ProducerRecord<byte[], byte[]> record) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        try {
            producer.send(record, (metadata, failure) -> {
                if (failure == null) {
                    sent.complete(null);
                } else {
                    sent.completeExceptionally(failure);
                }
            });
        } catch (KafkaException e) {
            sent.completeExceptionally(e);
        }
        return sent;
    }

    private static void await(CompletableFuture<Void> sent, String topic) throws RetryableException {
        try {
            sent.get(2L * DELIVERY_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RetryableException("interrupted", "publishing to " + topic + " was interrupted", e);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            String code = cause instanceof RecordTooLargeException ? "event_too_large" : "broker_unavailable";
            throw new RetryableException(code, "publishing to " + topic + " failed: " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new RetryableException("broker_unavailable", "publishing to " + topic + " took too long", e);
        }
    }

    private ProducerRecord<byte[], byte[]> toRecord(CloudEvent event) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(Pipeline.current().topicOf(event.event()), event.key(), event.payload());
        event.headers().forEach((name, value) -> record.headers().add(name, value));
        tracing.inject(record.headers());
        return record;
    }

    @PreDestroy
    @Override
    public void close() {
        producer.close();
    }
}
