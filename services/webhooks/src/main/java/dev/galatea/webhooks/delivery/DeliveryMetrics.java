package dev.galatea.webhooks.delivery;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import dev.galatea.deadletters.DeadLetters;
import dev.galatea.model.event.WebhookAttempted.Outcome;

/** The metrics of deliveries. Labels are names from the configuration. Thread-safe. */
final class DeliveryMetrics {

    private final MeterRegistry meters;
    private final Set<Share> shares = ConcurrentHashMap.newKeySet();

    DeliveryMetrics(MeterRegistry meters, Set<String> endpoints) {
        this.meters = meters;
        for (String endpoint : endpoints) {
            Gauge.builder("galatea.webhook.open", shares, all -> all.stream()
                            .mapToInt(share -> share.count(endpoint))
                            .sum())
                    .description("Deliveries that this process has yet to make or to repeat")
                    .tag("endpoint", endpoint)
                    .register(meters);
            for (Outcome outcome : Outcome.values()) {
                timer(endpoint, outcome);
            }
        }
    }

    void attempted(String endpoint, Outcome outcome, Duration took) {
        timer(endpoint, outcome).record(took);
    }

    void deadLettered(String topic, String code) {
        DeadLetters.count(meters, topic, code);
    }

    /** The open deliveries of one task, as long as this process has it. */
    Share share() {
        Share share = new Share();
        shares.add(share);
        return share;
    }

    private Timer timer(String endpoint, Outcome outcome) {
        return Timer.builder("galatea.webhook.attempt")
                .description("Attempts at telling an endpoint that a job ended")
                .tag("endpoint", endpoint)
                .tag("outcome", outcome.wireName())
                .register(meters);
    }

    final class Share {

        private final Map<String, Integer> open = new ConcurrentHashMap<>();

        void opened(String endpoint) {
            open.merge(endpoint, 1, Integer::sum);
        }

        void closed(String endpoint) {
            open.merge(endpoint, -1, Integer::sum);
        }

        void end() {
            shares.remove(this);
        }

        private int count(String endpoint) {
            return open.getOrDefault(endpoint, 0);
        }
    }
}
