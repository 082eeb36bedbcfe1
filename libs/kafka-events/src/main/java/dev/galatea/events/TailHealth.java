package dev.galatea.events;

import java.util.Set;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/** The health of the threads that follow topics: commands that workers obey, reports that the API shows. */
final class TailHealth {

    private TailHealth() {}

    private static HealthCheckResponse response(String name, Set<String> troubled) {
        HealthCheckResponseBuilder response = HealthCheckResponse.named(name).status(troubled.isEmpty());
        if (!troubled.isEmpty()) {
            response.withData("not followed", String.join(", ", troubled));
        }
        return response.build();
    }

    /** Down while a topic can't be followed for more than a minute. */
    @Readiness
    @ApplicationScoped
    static class Ready implements HealthCheck {

        @Override
        public HealthCheckResponse call() {
            return response("topics are followed", TopicTail.failing());
        }
    }

    /** Down when a thread is gone, which only a restart of the process mends. */
    @Liveness
    @ApplicationScoped
    static class Alive implements HealthCheck {

        @Override
        public HealthCheckResponse call() {
            return response("topics can be followed", TopicTail.dead());
        }
    }
}
