package dev.galatea.webhooks.delivery;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

import dev.galatea.model.event.EventType;
import dev.galatea.streams.KafkaStreamsSupervisor;
import dev.galatea.streams.StreamsApplication;
import dev.galatea.streams.StreamsApplication.Recovery;
import dev.galatea.streams.SupervisorListener;

/**
 * The open deliveries of this replica's share of the jobs. Replicas divide the partitions among them; when one is gone,
 * the others go on with what it had open. Thread-safe.
 */
public final class Deliveries implements AutoCloseable {

    private static final Duration MAX_RESTART_PAUSE = Duration.ofSeconds(30);

    /** A dead letter is a whole record and more headers. */
    static final int MAX_REQUEST_BYTES = 16 << 20;

    private final KafkaStreamsSupervisor streams;

    /**
     * @param kafka the connection to the broker
     * @param applicationId the group of replicas
     * @param workDirectory of this replica alone
     */
    public Deliveries(
            Map<String, Object> kafka,
            String applicationId,
            Path workDirectory,
            WebhookSender sender,
            BackOff backOff,
            MeterRegistry meters) {
        DeliveryMetrics metrics = new DeliveryMetrics(meters, sender.endpoints());
        streams = new KafkaStreamsSupervisor(
                new StreamsApplication(
                        "webhooks",
                        () -> WebhooksTopology.build(() -> new DeliveryProcessor(sender, backOff, metrics)),
                        properties(kafka, applicationId, workDirectory),
                        Set.of(EventType.VIDEO_FINISHED.topic()),
                        MAX_RESTART_PAUSE,
                        Recovery.REPLACE_THREAD),
                Infrastructure.getDefaultWorkerPool(),
                SupervisorListener.NONE);
    }

    /** Begins to deliver; to be called once. */
    public void start() {
        streams.start();
    }

    /** Tells whether deliveries are being made. */
    public boolean isRunning() {
        return streams.isReady();
    }

    /** Returns the reason why deliveries are not being made, as soon as it is known. */
    public Optional<String> trouble() {
        return streams.trouble();
    }

    /** Tells whether deliveries are being made, or will be without help. */
    public boolean isAlive() {
        return streams.isAlive();
    }

    /** Leaves at once; attempts that are under way are made again by whoever takes over. */
    @Override
    public void close() {
        streams.close();
    }

    private static Properties properties(Map<String, Object> kafka, String applicationId, Path workDirectory) {
        Properties properties = new Properties();
        kafka.forEach((name, value) -> properties.put(name, String.valueOf(value)));
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, workDirectory.toString());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        // What is settled is committed at once; this is for the rest.
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "1000");
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), MAX_REQUEST_BYTES);
        // How long the deliveries of a killed replica wait for another one.
        properties.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), "10000");
        properties.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), "2000");
        // How long partitions are at most not shared out because a replica that is gone does not join.
        properties.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG), "60000");
        return properties;
    }
}
