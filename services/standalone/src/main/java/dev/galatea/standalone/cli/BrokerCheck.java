package dev.galatea.standalone.cli;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

import dev.galatea.model.failure.RetryableException;

/** Asks whether a broker is there, before clients that would wait for it much longer than a person does. */
final class BrokerCheck {

    private static final int PATIENCE_MILLIS = 2000;

    private BrokerCheck() {}

    /**
     * Fails within some seconds, naming the broker, if it does not answer or has no such topic.
     *
     * @throws IllegalArgumentException if that can't be an address
     */
    static void requireTopic(String bootstrapServers, String topic) throws RetryableException {
        Map<String, Object> config = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                PATIENCE_MILLIS,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                PATIENCE_MILLIS);
        try {
            Admin admin = Admin.create(config);
            try {
                admin.describeTopics(List.of(topic)).allTopicNames().get();
            } finally {
                admin.close(Duration.ZERO);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RetryableException("interrupted", "interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw unavailable(
                        "the broker at " + bootstrapServers + " has no topic " + topic
                                + "; valid is the broker of a system that was started",
                        e);
            }
            throw unavailable(
                    "no broker answers at " + bootstrapServers + " within " + PATIENCE_MILLIS / 1000
                            + " s; valid is the address of a running one",
                    e);
        } catch (KafkaException e) {
            throw new IllegalArgumentException(
                    "--bootstrap-servers: '" + bootstrapServers
                            + "' is not the address of a broker; valid is HOST:PORT",
                    e);
        }
    }

    private static RetryableException unavailable(String problem, Exception cause) {
        return new RetryableException("broker_unavailable", "--bootstrap-servers: " + problem, cause);
    }
}
