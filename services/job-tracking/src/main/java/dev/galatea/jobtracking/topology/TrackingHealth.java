package dev.galatea.jobtracking.topology;

import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

import dev.galatea.events.Pools;
import dev.galatea.model.event.Pool;

/** Reports whether prompts are admitted and jobs are tracked. */
final class TrackingHealth {

    private TrackingHealth() {}

    @Readiness
    @ApplicationScoped
    static class Ready implements HealthCheck {

        private final TrackingStreams streams;
        private final Pools pools;

        Ready(TrackingStreams streams, Pools pools) {
            this.streams = streams;
            this.pools = pools;
        }

        @Override
        public HealthCheckResponse call() {
            HealthCheckResponseBuilder response = HealthCheckResponse.named("job-tracking works on its topics")
                    .status(streams.supervisor().isReady())
                    .withData("pools", pools.all().stream().map(Pool::name).collect(Collectors.joining(", ")));
            streams.supervisor().trouble().ifPresent(reason -> response.withData("reason", reason));
            return response.build();
        }
    }

    @Liveness
    @ApplicationScoped
    static class Alive implements HealthCheck {

        private final TrackingStreams streams;

        Alive(TrackingStreams streams) {
            this.streams = streams;
        }

        @Override
        public HealthCheckResponse call() {
            return HealthCheckResponse.named("job-tracking is kept running")
                    .status(streams.supervisor().isAlive())
                    .build();
        }
    }
}
