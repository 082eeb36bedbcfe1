package dev.galatea.gateway.api;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.operators.multi.processors.BroadcastProcessor;

/**
 * The beginning of the gateway's stop. What waits for jobs ends with it: a stop waits for all requests under way, and a
 * job may take longer than any stop. Thread-safe.
 */
@ApplicationScoped
class GatewayStop {

    private final BroadcastProcessor<Void> begun = BroadcastProcessor.create();

    /** Completes when the gateway begins to stop; at once if it has. */
    Uni<Void> begun() {
        return begun.toUni();
    }

    void begin(@Observes ShutdownDelayInitiatedEvent event) {
        begun.onComplete();
    }
}
