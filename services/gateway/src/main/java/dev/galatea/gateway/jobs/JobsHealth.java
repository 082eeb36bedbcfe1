package dev.galatea.gateway.jobs;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/** The health of this replica's copy of the job states. */
final class JobsHealth {

    private JobsHealth() {}

    @Readiness
    @ApplicationScoped
    static class Ready implements HealthCheck {

        private final Jobs jobs;

        Ready(Jobs jobs) {
            this.jobs = jobs;
        }

        @Override
        public HealthCheckResponse call() {
            HealthCheckResponseBuilder response =
                    HealthCheckResponse.named("gateway job states are complete").status(jobs.isReady());
            jobs.trouble().ifPresent(reason -> response.withData("reason", reason));
            return response.build();
        }
    }

    @Liveness
    @ApplicationScoped
    static class Alive implements HealthCheck {

        private final Jobs jobs;

        Alive(Jobs jobs) {
            this.jobs = jobs;
        }

        @Override
        public HealthCheckResponse call() {
            return HealthCheckResponse.named("gateway job states are kept")
                    .status(jobs.isAlive())
                    .build();
        }
    }
}
