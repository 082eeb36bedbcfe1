package dev.galatea.workqueue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Reception;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.annotations.ConnectorAttribute;
import io.smallrye.reactive.messaging.annotations.ConnectorAttribute.Direction;
import io.smallrye.reactive.messaging.connector.InboundConnector;
import io.smallrye.reactive.messaging.health.HealthReport;
import io.smallrye.reactive.messaging.health.HealthReporter;
import io.smallrye.reactive.messaging.providers.connectors.ExecutionHolder;
import io.vertx.core.impl.VertxInternal;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;

/**
 * Takes work from Kafka, one record per slot and only when it is asked for, and keeps the record's lock until the
 * message is acknowledged. Acknowledging accepts the record; what a negative acknowledgement does, the channel's
 * {@link FailureStrategy} decides. The payload is the value of the record; messages carry {@link WorkQueueMetadata}.
 *
 * <p>The Kafka clients take the settings of the map identified by {@code default-kafka-broker}, and over them every
 * attribute of the channel that is a setting of a Kafka consumer.
 */
@ApplicationScoped
@Connector(WorkQueueConnector.NAME)
@ConnectorAttribute(
        name = "topic",
        type = "string",
        direction = Direction.INCOMING,
        description = "The topic that holds the work; the channel's name if not set")
@ConnectorAttribute(
        name = "group.id",
        type = "string",
        direction = Direction.INCOMING,
        mandatory = true,
        description = "The group that the work is shared in")
@ConnectorAttribute(
        name = "mode",
        type = "string",
        direction = Direction.INCOMING,
        defaultValue = "share",
        description = "`share` for a share group (KIP-932, brokers from 4.2), `classic` for a consumer group")
@ConnectorAttribute(
        name = "slots",
        type = "int",
        direction = Direction.INCOMING,
        defaultValue = "1",
        description =
                "The messages that this process works on at once; as many as the method's worker pool has threads")
@ConnectorAttribute(
        name = "lock-duration",
        type = "string",
        direction = Direction.INCOMING,
        defaultValue = "30s",
        description =
                "How long a record stays with a worker that says nothing, as the group is configured; renewed at a "
                        + "third of it")
@ConnectorAttribute(
        name = "grace-period",
        type = "string",
        direction = Direction.INCOMING,
        defaultValue = "20s",
        description = "How long a stopping application waits for its work to be given back")
@ConnectorAttribute(
        name = "delivery-limit",
        type = "int",
        direction = Direction.INCOMING,
        defaultValue = "5",
        description = "The delivery that is not followed by another one if it fails")
@ConnectorAttribute(
        name = "first-pause",
        type = "string",
        direction = Direction.INCOMING,
        defaultValue = "1s",
        description = "How long a failed record is held before its first release; doubled for each later one")
@ConnectorAttribute(
        name = "longest-pause",
        type = "string",
        direction = Direction.INCOMING,
        defaultValue = "30s",
        description = "The longest that a failed record is held")
@ConnectorAttribute(
        name = "failure-strategy",
        type = "string",
        direction = Direction.INCOMING,
        defaultValue = ReleaseStrategy.NAME,
        description = "`release`, `reject`, `dead-letter`, or the `@Identifier` of another FailureStrategy")
@ConnectorAttribute(
        name = "dead-letter-topic",
        type = "string",
        direction = Direction.INCOMING,
        description = "The topic of the strategy `dead-letter`; `dead-letter-topic-<channel>` if not set")
@ConnectorAttribute(
        name = "metric-prefix",
        type = "string",
        direction = Direction.INCOMING,
        defaultValue = "work.queue",
        description = "What the names of the channel's meters begin with")
@ConnectorAttribute(
        name = "metric-tags",
        type = "string",
        direction = Direction.INCOMING,
        description = "The tags of the channel's meters, as `name=value,…`; `channel=<channel>` if not set")
public class WorkQueueConnector implements InboundConnector, HealthReporter {

    /** The name of the connector, for the {@code connector} attribute of channels. */
    public static final String NAME = "galatea-work-queue";

    private static final String BROKER = "default-kafka-broker";

    private final Instance<ExecutionHolder> execution;
    private final Instance<Map<String, Object>> clients;
    private final Instance<FailureStrategy> strategies;
    private final Instance<MeterRegistry> meters;
    private final List<WorkQueueChannel> channels = new CopyOnWriteArrayList<>();

    @Inject
    WorkQueueConnector(
            Instance<ExecutionHolder> execution,
            @Any Instance<Map<String, Object>> clients,
            @Any Instance<FailureStrategy> strategies,
            Instance<MeterRegistry> meters) {
        this.execution = execution;
        this.clients = clients;
        this.strategies = strategies;
        this.meters = meters;
    }

    @Override
    public Flow.Publisher<? extends Message<?>> getPublisher(Config config) {
        ChannelSettings settings = ChannelSettings.of(config, broker());
        VertxInternal vertx = (VertxInternal) execution.get().vertx().getDelegate();
        WorkQueueChannel channel = new WorkQueueChannel(
                settings,
                strategy(settings),
                meters.isResolvable() ? meters.get() : Metrics.globalRegistry,
                vertx.createEventLoopContext());
        channels.add(channel);
        return channel;
    }

    private Map<String, Object> broker() {
        Instance<Map<String, Object>> broker = clients.select(Identifier.Literal.of(BROKER));
        return broker.isResolvable() ? broker.get() : Map.of();
    }

    private FailureStrategy strategy(ChannelSettings settings) {
        Instance<FailureStrategy> named = strategies.select(Identifier.Literal.of(settings.failureStrategy()));
        if (!named.isResolvable()) {
            throw new IllegalArgumentException("failure-strategy: channel '" + settings.channel() + "' names '"
                    + settings.failureStrategy() + "'; valid is the @Identifier of a FailureStrategy");
        }
        return named.get();
    }

    @Override
    public HealthReport getReadiness() {
        HealthReport.HealthReportBuilder report = HealthReport.builder();
        for (WorkQueueChannel channel : channels) {
            report.add(channel.name(), channel.healthy(), "poll threads live, and the broker was heard");
        }
        return report.build();
    }

    @Override
    public HealthReport getLiveness() {
        return HealthReport.OK_INSTANCE;
    }

    /**
     * Stops before the connectors of outgoing channels do, because they still have to send the results of the last
     * work.
     */
    void terminate(
            @Observes(notifyObserver = Reception.IF_EXISTS) @Priority(40) @BeforeDestroyed(ApplicationScoped.class)
                    Object event) {
        close();
    }

    /**
     * Closes all channels, as happens when the application scope ends: for applications that know earlier that they
     * stop. Waits for the work up to the grace period.
     */
    public void close() {
        channels.forEach(WorkQueueChannel::beginClose);
        channels.forEach(WorkQueueChannel::close);
    }
}
