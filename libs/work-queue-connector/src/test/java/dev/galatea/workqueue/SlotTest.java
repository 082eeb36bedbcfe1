package dev.galatea.workqueue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class SlotTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final AtomicInteger opened = new AtomicInteger();
    private final List<HeldRecord> begun = new CopyOnWriteArrayList<>();
    private final List<Delivery> deliveries = new CopyOnWriteArrayList<>();

    @Test
    void shouldAskTheWorkToStop_whenTheSourceFails() throws Exception {
        Demand demand = new Demand();
        QueueMetrics metrics = new QueueMetrics(new SimpleMeterRegistry(), settings(), new InFlight());
        Slot slot = new Slot(
                "slot-test", () -> new Failing(opened.incrementAndGet() == 1), new Remembering(), demand, metrics);
        slot.start();
        demand.add(1);
        await().atMost(PATIENCE).until(() -> begun.size() == 1 && begun.get(0).shouldRelease());
        assertThat(opened).hasValue(1);
        demand.add(1);
        await().atMost(PATIENCE).until(() -> opened.get() == 2);
        slot.beginClose(Duration.ofSeconds(1));
        slot.awaitClosed(PATIENCE);
        assertThat(slot.healthy()).isFalse();
    }

    private static ChannelSettings settings() {
        return new ChannelSettings(
                "work",
                "topic",
                "group",
                ChannelSettings.Mode.SHARE,
                1,
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                2,
                Duration.ofSeconds(1),
                Duration.ofSeconds(30),
                "release",
                "dead",
                new ChannelSettings.MeterNames("test.queue", Map.of()),
                Map.of());
    }

    private final class Remembering implements Slot.Deliveries, Delivery.Failures {

        @Override
        public Delivery of(HeldRecord record) {
            return new Delivery(record, this);
        }

        @Override
        public boolean begin(HeldRecord record, Delivery delivery) {
            begun.add(record);
            deliveries.add(delivery);
            return true;
        }

        @Override
        public Uni<Settlement> settle(HeldRecord record, Throwable failure) {
            return Uni.createFrom().item(Settlement.release());
        }

        @Override
        public Settlement retry(HeldRecord record) {
            return Settlement.release();
        }
    }

    /** Gives one record, if asked to, and fails when that is to be renewed. */
    private static final class Failing implements RecordSource {

        private boolean full;

        private Failing(boolean full) {
            this.full = full;
        }

        @Override
        public @Nullable HeldRecord next(Duration patience) {
            HeldRecord record = full
                    ? new HeldRecord(new ConsumerRecord<>("topic", 0, 0, new byte[0], "job".getBytes(UTF_8)), 1)
                    : null;
            full = false;
            return record;
        }

        @Override
        public Duration renewalInterval() {
            return Duration.ofMillis(100);
        }

        @Override
        public boolean renew(HeldRecord held) {
            throw new KafkaException("no answer");
        }

        @Override
        public boolean leave(HeldRecord held, Duration time) {
            return false;
        }

        @Override
        public boolean settle(HeldRecord held, Settlement.Outcome outcome) {
            throw new AssertionError("settled, but the source had failed");
        }

        @Override
        public boolean connected() {
            return true;
        }

        @Override
        public void close() {}
    }
}
