package dev.galatea.stage.queue;

import java.util.Locale;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import dev.galatea.model.event.Stage;

/** What a work queue counts, per stage. Thread-safe. */
final class QueueMetrics {

    private final MeterRegistry registry;
    private final String stage;
    private final Counter acquired;
    private final Counter renewals;
    private final Counter lostLocks;

    QueueMetrics(MeterRegistry registry, Stage stage, InFlight inFlight, int slots) {
        this.registry = registry;
        this.stage = stage.wireName();
        acquired = counter("galatea.queue.acquired", "Records that the queue gave to this process")
                .register(registry);
        renewals = counter("galatea.queue.renewals", "Times that the lock of a record was prolonged")
                .register(registry);
        lostLocks = counter("galatea.queue.lost.locks", "Records whose lock ended before their work did")
                .register(registry);
        Gauge.builder("galatea.queue.in.flight", inFlight, InFlight::size)
                .description("Jobs that this process works on")
                .tag("stage", this.stage)
                .register(registry);
        Gauge.builder("galatea.queue.slots", () -> slots)
                .description("Jobs that this process can work on at once")
                .tag("stage", this.stage)
                .register(registry);
    }

    void acquired() {
        acquired.increment();
    }

    void renewed() {
        renewals.increment();
    }

    void lostLock() {
        lostLocks.increment();
    }

    void settled(Settlement settlement) {
        String outcome = settlement.name().toLowerCase(Locale.ROOT);
        counter("galatea.queue.settled", "Records that this process gave back, by what shall happen to them")
                .tag("outcome", outcome)
                .register(registry)
                .increment();
    }

    private Counter.Builder counter(String name, String description) {
        return Counter.builder(name).description(description).tag("stage", stage);
    }
}
