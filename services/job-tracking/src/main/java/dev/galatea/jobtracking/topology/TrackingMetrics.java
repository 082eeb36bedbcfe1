package dev.galatea.jobtracking.topology;

import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.JobState;

/** Counts for dashboards and alerts. Thread-safe. */
final class TrackingMetrics {

    private final MeterRegistry registry;

    TrackingMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void moved(@Nullable JobState before, JobState after) {
        if (before == null) {
            registry.counter("galatea.jobs.submitted").increment();
        }
        if (after.status().isDone()) {
            registry.counter("galatea.jobs.ended", "status", after.status().wireName())
                    .increment();
        }
    }

    void deadLettered(String topic, String code) {
        registry.counter("galatea.dead.letters", "topic", topic, "code", code).increment();
    }

    void rerouted() {
        registry.counter("galatea.records.rerouted").increment();
    }

    void threadReplaced() {
        registry.counter("galatea.stream.threads.replaced").increment();
    }
}
