package dev.galatea.workqueue;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Has failed records delivered again after a pause; at the delivery limit writes them to the topic of the channel's
 * attribute {@code dead-letter-topic}, and rejects them when the broker has the copy. Key, value and headers stay; the
 * added headers are those of SmallRye's Kafka connector.
 */
@ApplicationScoped
@Identifier(DeadLetterStrategy.NAME)
class DeadLetterStrategy implements FailureStrategy {

    static final String NAME = "dead-letter";

    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final Map<String, KafkaProducer<byte[], byte[]>> producers = new ConcurrentHashMap<>();

    @Override
    public Uni<Settlement> settle(FailedDelivery failed) {
        if (failed.mayBeRepeated()) {
            return Uni.createFrom().item(failed.releaseAfterPause());
        }
        // Sending waits for the topic's metadata, so it is done on a worker thread.
        return Uni.createFrom()
                .<Settlement>emitter(emitter -> producer(failed).send(letter(failed), (metadata, failure) -> {
                    if (failure == null) {
                        emitter.complete(Settlement.reject());
                    } else {
                        emitter.fail(failure);
                    }
                }))
                .runSubscriptionOn(Infrastructure.getDefaultExecutor());
    }

    private KafkaProducer<byte[], byte[]> producer(FailedDelivery failed) {
        return producers.computeIfAbsent(failed.record().channel(), channel -> {
            Map<String, Object> config = new HashMap<>(failed.settings().client());
            config.keySet().removeIf(name -> !ProducerConfig.configNames().contains(name));
            config.put(ProducerConfig.ACKS_CONFIG, "all");
            return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        });
    }

    private static ProducerRecord<byte[], byte[]> letter(FailedDelivery failed) {
        WorkQueueMetadata record = failed.record();
        ProducerRecord<byte[], byte[]> letter =
                new ProducerRecord<>(failed.settings().deadLetterTopic(), record.key(), record.value());
        record.headers().forEach((name, value) -> letter.headers().add(name, value));
        Map.of(
                        "dead-letter-reason", String.valueOf(failed.failure().getMessage()),
                        "dead-letter-exception-class-name",
                                failed.failure().getClass().getName(),
                        "dead-letter-topic", record.topic(),
                        "dead-letter-partition", Integer.toString(record.partition()),
                        "dead-letter-offset", Long.toString(record.offset()))
                .forEach((name, value) -> letter.headers().remove(name).add(name, value.getBytes(UTF_8)));
        return letter;
    }

    @PreDestroy
    void close() {
        producers.values().forEach(producer -> producer.close(CLOSING));
    }
}
