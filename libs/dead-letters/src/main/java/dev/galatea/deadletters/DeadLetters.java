package dev.galatea.deadletters;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

import dev.galatea.events.KafkaEventPublisher;
import dev.galatea.events.RecordOrigin;
import dev.galatea.model.event.DeadLetterHeaders;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.model.failure.RetryableException;

/**
 * Keeps records that can't be worked on: original key, value and headers, plus {@link DeadLetterHeaders} that say
 * why, and where they came from. Thread-safe.
 */
@ApplicationScoped
public class DeadLetters {

    /** Header names, as in {@link DeadLetterHeaders}. */
    public static final String REASON = DeadLetterHeaders.REASON;

    public static final String CODE = DeadLetterHeaders.CODE;
    public static final String CAUSE = DeadLetterHeaders.CAUSE;
    public static final String TOPIC = DeadLetterHeaders.TOPIC;
    public static final String PARTITION = DeadLetterHeaders.PARTITION;
    public static final String OFFSET = DeadLetterHeaders.OFFSET;
    public static final String SERVICE = DeadLetterHeaders.SERVICE;

    private static final Logger LOG = Logger.getLogger(DeadLetters.class);

    private final KafkaEventPublisher publisher;
    private final String service;
    private final MeterRegistry meters;

    @Inject
    public DeadLetters(
            KafkaEventPublisher publisher,
            @ConfigProperty(name = "quarkus.application.name", defaultValue = "galatea") String service,
            MeterRegistry meters) {
        this.publisher = publisher;
        this.service = service;
        this.meters = meters;
    }

    /** Publishes a record's dead letter, and waits until the broker has it. */
    public void publish(RecordOrigin origin, Failure failure) throws RetryableException {
        ProducerRecord<byte[], byte[]> letter =
                new ProducerRecord<>(EventType.DEAD_LETTER_TOPIC, origin.key(), origin.value());
        origin.headers().forEach((name, value) -> letter.headers().add(name, value));
        DeadLetterHeaders.of(origin.topic(), origin.partition(), origin.offset(), failure, service)
                .forEach((name, value) -> letter.headers().remove(name).add(name, value));
        publisher.publish(letter);
        count(meters, origin.topic(), failure.code());
        LOG.warnf(
                "dead letter topic=%s partition=%d offset=%d code=%s",
                origin.topic(), origin.partition(), origin.offset(), failure.code());
    }

    /** Counts a dead letter, for those, too, who publish it in a transaction of their own. */
    public static void count(MeterRegistry meters, String topic, String code) {
        Counter.builder("galatea.dead.letters")
                .description("Records that could not be read, or were given up")
                .tags("topic", topic, "code", code)
                .register(meters)
                .increment();
    }
}
