package dev.galatea.webhooks.delivery;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;

import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jboss.logging.Logger;

/**
 * The open deliveries of this replica's share of the jobs. Replicas divide the partitions among them; when one is gone,
 * the others go on with what it had open. Thread-safe.
 */
public final class Deliveries implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Deliveries.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final long PAUSE_AFTER_FAILURE_MILLIS = 2_000;

    /** A dead letter is a whole record and more headers. */
    private static final int MAX_REQUEST_BYTES = 16 << 20;

    private final KafkaStreams streams;

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
        streams = new KafkaStreams(
                WebhooksTopology.build(() -> new DeliveryProcessor(sender, backOff, metrics)),
                properties(kafka, applicationId, workDirectory));
        streams.setUncaughtExceptionHandler(Deliveries::replaceThread);
    }

    /** Begins to deliver; to be called once. */
    public void start() {
        streams.start();
    }

    /** Tells whether deliveries are being made. */
    public boolean isRunning() {
        return streams.state() == KafkaStreams.State.RUNNING;
    }

    /** Tells whether deliveries are being made, or will be without help. */
    public boolean isAlive() {
        return streams.state().isRunningOrRebalancing() || streams.state() == KafkaStreams.State.CREATED;
    }

    /** Leaves at once; attempts that are under way are made again by whoever takes over. */
    @Override
    public void close() {
        streams.close(
                CloseOptions.timeout(CLOSE_TIMEOUT).withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
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
        return properties;
    }

    /** No defect of a record gets that far: what remains is a broker that doesn't answer, which passes. */
    private static StreamThreadExceptionResponse replaceThread(Throwable failure) {
        LOG.errorf(failure, "stream thread failed; a new one starts");
        try {
            Thread.sleep(PAUSE_AFTER_FAILURE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
}
