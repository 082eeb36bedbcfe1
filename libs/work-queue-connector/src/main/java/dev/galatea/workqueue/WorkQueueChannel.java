package dev.galatea.workqueue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;

import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.providers.locals.LocalContextMetadata;
import io.vertx.core.Context;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Metadata;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one channel, for one subscriber: several slots, each with its own membership of the group, that take
 * a record for each message that was asked for. Messages are emitted on an event loop. Thread-safe.
 */
final class WorkQueueChannel implements Flow.Publisher<Message<byte[]>>, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(WorkQueueChannel.class);

    /** Time for the last acknowledgement and leaving the group, after the grace period. */
    private static final Duration LEAVING = Duration.ofSeconds(10);

    /** Slots that all saw the same demand wait for more, each with its record, and keep the lock meanwhile. */
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final ChannelSettings settings;
    private final FailureStrategy strategy;
    private final Context context;
    private final InFlight inFlight = new InFlight();
    private final Demand demand = new Demand();
    private final List<Slot> slots;
    private Flow.@Nullable Subscriber<? super Message<byte[]>> subscriber;
    private volatile int brokerLimit = Integer.MAX_VALUE;

    WorkQueueChannel(ChannelSettings settings, FailureStrategy strategy, MeterRegistry meters, Context context) {
        this.settings = settings;
        this.strategy = strategy;
        this.context = context;
        QueueMetrics metrics = new QueueMetrics(meters, settings, inFlight);
        slots = IntStream.rangeClosed(1, settings.slots())
                .mapToObj(n -> new Slot(settings.channel() + "-" + n, this::open, new Emission(), demand, metrics))
                .toList();
    }

    private RecordSource open() {
        Map<String, Object> client = settings.client();
        if (settings.mode() == ChannelSettings.Mode.CLASSIC) {
            return new ClassicGroupSource(client, settings.group(), settings.topic());
        }
        brokerLimit = ShareGroupSettings.deliveryLimit(client, settings.group());
        return new ShareGroupSource(client, settings.group(), settings.topic(), settings.lockDuration());
    }

    @Override
    public synchronized void subscribe(Flow.Subscriber<? super Message<byte[]>> newSubscriber) {
        if (subscriber != null) {
            throw new IllegalStateException("channel '" + settings.channel() + "' has a subscriber already");
        }
        subscriber = newSubscriber;
        newSubscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long messages) {
                demand.add(messages);
            }

            @Override
            public void cancel() {
                beginClose();
            }
        });
        slots.forEach(Slot::start);
        LOG.infof(
                "queue opened channel=%s group=%s topic=%s mode=%s slots=%d",
                settings.channel(), settings.group(), settings.topic(), settings.mode(), settings.slots());
    }

    String name() {
        return settings.channel();
    }

    /** Says whether the poll threads live and the broker answered lately. */
    boolean healthy() {
        return slots.stream().allMatch(Slot::healthy);
    }

    /** Records being worked on in this process. */
    int inFlight() {
        return inFlight.size();
    }

    /** Stops to take records, and asks for those in work. */
    void beginClose() {
        slots.forEach(slot -> slot.beginClose(settings.gracePeriod()));
    }

    /**
     * Stops to take records, asks for those in work, waits for them up to the grace period, releases what is left, and
     * leaves the group.
     */
    @Override
    public void close() {
        beginClose();
        try {
            for (Slot slot : slots) {
                slot.awaitClosed(settings.gracePeriod().plus(LEAVING));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void emit(Message<byte[]> message) {
        Flow.Subscriber<? super Message<byte[]>> receiver = subscriber;
        if (receiver != null) {
            context.runOnContext(nothing -> receiver.onNext(message));
        }
    }

    /** Gives records to the subscriber, and failures to the strategy. */
    private final class Emission implements Slot.Deliveries, Delivery.Failures {

        @Override
        public Delivery of(HeldRecord record) {
            return new Delivery(record, this);
        }

        @Override
        public boolean begin(HeldRecord record, Delivery delivery) throws InterruptedException {
            if (!demand.take(PATIENCE)) {
                return false;
            }
            if (!inFlight.claim(record)) {
                demand.add(1);
                return false;
            }
            delivery.whenEnded(() -> inFlight.release(record));
            if (record.deliveryCount() >= brokerLimit) {
                delivery.fail(new DeliveryLimitException(record.deliveryCount()));
                demand.add(1);
            } else {
                LocalContextMetadata duplicate =
                        new LocalContextMetadata(VertxContext.createNewDuplicatedContext(context));
                emit(delivery.message(Metadata.of(record.metadata(settings.channel(), settings.group()), duplicate)));
            }
            return true;
        }

        @Override
        public Uni<Settlement> settle(HeldRecord record, Throwable failure) {
            return strategy.settle(failed(record, failure));
        }

        @Override
        public Settlement retry(HeldRecord record) {
            return failed(record, new IllegalStateException("failure not settled"))
                    .releaseAfterPause();
        }

        private FailedDelivery failed(HeldRecord record, Throwable failure) {
            int limit = Math.min(settings.deliveryLimit(), brokerLimit - 1);
            return new FailedDelivery(record.metadata(settings.channel(), settings.group()), failure, settings, limit);
        }
    }
}
