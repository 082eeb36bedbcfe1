package dev.galatea.workqueue;

import java.util.Locale;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/** The meters of a channel. Thread-safe. */
final class QueueMetrics {

    private final MeterRegistry registry;
    private final String prefix;
    private final Tags tags;
    private final Counter acquired;
    private final Counter renewals;
    private final Counter lostLocks;

    QueueMetrics(MeterRegistry registry, ChannelSettings settings, InFlight inFlight) {
        this.registry = registry;
        prefix = settings.metrics().prefix();
        Tags all = Tags.empty();
        for (var tag : settings.metrics().tags().entrySet()) {
            all = all.and(tag.getKey(), tag.getValue());
        }
        tags = all;
        acquired = counter("acquired", "Records that the queue gave to this process")
                .register(registry);
        renewals = counter("renewals", "Times that the lock of a record was prolonged")
                .register(registry);
        lostLocks = counter("lost.locks", "Records whose lock ended before their work did")
                .register(registry);
        Gauge.builder(prefix + ".in.flight", inFlight, InFlight::size)
                .description("Jobs that this process works on")
                .tags(tags)
                .register(registry);
        Gauge.builder(prefix + ".slots", settings::slots)
                .description("Jobs that this process can work on at once")
                .tags(tags)
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

    void settled(Settlement.Outcome outcome) {
        counter("settled", "Records that this process gave back, by what shall happen to them")
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .register(registry)
                .increment();
    }

    private Counter.Builder counter(String name, String description) {
        return Counter.builder(prefix + "." + name).description(description).tags(tags);
    }
}
