package dev.galatea.stage.queue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.Identifier;
import org.jboss.logging.Logger;

import dev.galatea.deadletters.DeadLetters;
import dev.galatea.events.QueueConfig;
import dev.galatea.events.TopicProvisioner;
import dev.galatea.events.Tracing;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Stage;

/** Opens work queues as configured under {@code galatea.queue}, and closes what is still open at the end. Thread-safe. */
@ApplicationScoped
public class WorkQueues {

    private static final Logger LOG = Logger.getLogger(WorkQueues.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private final QueueConfig settings;
    private final Map<String, Object> broker;
    private final DeadLetters deadLetters;
    private final MeterRegistry meters;
    private final Tracing tracing;
    private final List<WorkQueue> open = new CopyOnWriteArrayList<>();

    @Inject
    public WorkQueues(
            QueueConfig settings,
            @Identifier("default-kafka-broker") Map<String, Object> broker,
            DeadLetters deadLetters,
            MeterRegistry meters,
            Tracing tracing) {
        this.settings = settings;
        this.broker = Map.copyOf(broker);
        this.deadLetters = deadLetters;
        this.meters = meters;
        this.tracing = tracing;
    }

    /**
     * Starts to take records of {@code input} in the group of {@code stage}, and to give them to {@code handler}.
     *
     * @return the running queue; it is closed at the end of the application if not before
     */
    public WorkQueue open(Stage stage, EventType input, WorkHandler handler) {
        return open(stage, TopicProvisioner.groupOf(stage), input.topic(), handler);
    }

    WorkQueue open(Stage stage, String group, String topic, WorkHandler handler) {
        InFlight inFlight = new InFlight();
        boolean shared = settings.mode() == QueueConfig.Mode.SHARE;
        int deliveries = shared ? ShareGroupSettings.deliveryLimit(broker, group) : Integer.MAX_VALUE;
        Attempt.Limits limits =
                new Attempt.Limits(Math.min(settings.deliveryLimit(), deliveries - 1), deliveries, FIRST_PAUSE);
        Supplier<RecordSource> sources = shared
                ? () -> new ShareGroupSource(broker, group, topic, settings.lockDuration())
                : () -> new ClassicGroupSource(broker, group, topic);
        WorkQueue queue = new SlottedWorkQueue(
                "galatea-" + stage.wireName(),
                settings.slots(),
                sources,
                new Attempt(handler, deadLetters, inFlight, limits, tracing, group),
                new QueueMetrics(meters, stage, inFlight, settings.slots()),
                inFlight,
                settings.gracePeriod());
        open.add(queue);
        LOG.infof(
                "queue opened stage=%s group=%s topic=%s mode=%s slots=%d failures=%d",
                stage.wireName(), group, topic, settings.mode(), settings.slots(), limits.failures());
        return queue;
    }

    /** Whether all queues that were opened are healthy. */
    boolean healthy() {
        return open.stream().allMatch(WorkQueue::healthy);
    }

    @PreDestroy
    void close() {
        open.forEach(WorkQueue::close);
    }
}
