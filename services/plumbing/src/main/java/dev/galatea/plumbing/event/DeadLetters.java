package dev.galatea.plumbing.event;

import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.plumbing.failure.RetryableException;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Keeps records that can't be worked on: original key, value and headers, plus {@code dead-letter-*} headers that say
 * why, and where they came from. Thread-safe.
 */
@ApplicationScoped
public class DeadLetters {

    /** Header names. */
    public static final String REASON = "dead-letter-reason";

    public static final String CODE = "dead-letter-code";
    public static final String CAUSE = "dead-letter-cause";
    public static final String TOPIC = "dead-letter-topic";
    public static final String PARTITION = "dead-letter-partition";
    public static final String OFFSET = "dead-letter-offset";
    public static final String SERVICE = "dead-letter-service";

    private static final Logger LOG = Logger.getLogger(DeadLetters.class);

    private final KafkaEventPublisher publisher;
    private final String service;

    @Inject
    DeadLetters(
            KafkaEventPublisher publisher,
            @ConfigProperty(name = "quarkus.application.name", defaultValue = "galatea") String service) {
        this.publisher = publisher;
        this.service = service;
    }

    /** A record as it came. */
    public interface Origin {

        /** The topic that it came from. */
        String topic();

        /** The partition that it came from. */
        int partition();

        /** Its offset there. */
        long offset();

        /** Its key. */
        byte @Nullable [] key();

        /** Its value. */
        byte @Nullable [] value();

        /** Its headers; the last one of each name. */
        Map<String, byte[]> headers();
    }

    /** Publishes a record's dead letter, and waits until the broker has it. */
    public void publish(Origin origin, Failure failure) throws RetryableException {
        ProducerRecord<byte[], byte[]> letter =
                new ProducerRecord<>(EventType.DEAD_LETTER_TOPIC, origin.key(), origin.value());
        origin.headers().forEach((name, value) -> letter.headers().add(name, value));
        add(letter, REASON, failure.message());
        add(letter, CODE, failure.code());
        add(letter, CAUSE, failure.cause().wireName());
        add(letter, TOPIC, origin.topic());
        add(letter, PARTITION, Integer.toString(origin.partition()));
        add(letter, OFFSET, Long.toString(origin.offset()));
        add(letter, SERVICE, service);
        publisher.publish(letter);
        LOG.warnf(
                "dead letter topic=%s partition=%d offset=%d code=%s",
                origin.topic(), origin.partition(), origin.offset(), failure.code());
    }

    private static void add(ProducerRecord<byte[], byte[]> letter, String name, String value) {
        letter.headers().remove(name).add(name, value.getBytes(UTF_8));
    }
}
