package dev.galatea.deadletters;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

import dev.galatea.events.KafkaEventPublisher;
import dev.galatea.events.RecordOrigin;
import dev.galatea.model.event.DeadLetterHeaders;
import dev.galatea.model.event.Failure;
import dev.galatea.model.failure.RetryableException;

/**
 * Keeps records that can't be worked on: original key, value and headers, plus {@link DeadLetterHeaders} that say why,
 * and where they came from. Thread-safe.
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

    /** What the topic takes where services provision it. */
    private static final int MAX_BYTES = 16 << 20;

    private static final Logger LOG = Logger.getLogger(DeadLetters.class);

    private final KafkaEventPublisher publisher;
    private final DeadLetterRecords records;
    private final MeterRegistry meters;

    @Inject
    public DeadLetters(
            KafkaEventPublisher publisher,
            @ConfigProperty(name = "quarkus.application.name", defaultValue = "galatea") String service,
            MeterRegistry meters) {
        this.publisher = publisher;
        this.records = new DeadLetterRecords(service, MAX_BYTES);
        this.meters = meters;
    }

    /** Publishes a record's dead letter, and waits until the broker has it. */
    public void publish(RecordOrigin origin, Failure failure) throws RetryableException {
        Headers headers = new RecordHeaders();
        origin.headers().forEach(headers::add);
        publisher.publish(records.of(origin, headers, failure));
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
