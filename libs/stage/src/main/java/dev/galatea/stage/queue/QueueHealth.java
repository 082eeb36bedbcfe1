package dev.galatea.stage.queue;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when every work queue of this process is alive and hears from its broker. */
@Readiness
@ApplicationScoped
class QueueHealth implements HealthCheck {

    private final WorkQueues queues;

    @Inject
    QueueHealth(WorkQueues queues) {
        this.queues = queues;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("work queues").status(queues.healthy()).build();
    }
}
