package dev.galatea.webhooks;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/** The health of this replica's deliveries. */
final class WebhooksHealth {

    private WebhooksHealth() {}

    @Readiness
    @ApplicationScoped
    static class Ready implements HealthCheck {

        private final WebhooksService webhooks;

        Ready(WebhooksService webhooks) {
            this.webhooks = webhooks;
        }

        @Override
        public HealthCheckResponse call() {
            HealthCheckResponseBuilder response =
                    HealthCheckResponse.named("webhooks are delivered").status(webhooks.isRunning());
            webhooks.trouble().ifPresent(reason -> response.withData("reason", reason));
            return response.build();
        }
    }

    @Liveness
    @ApplicationScoped
    static class Alive implements HealthCheck {

        private final WebhooksService webhooks;

        Alive(WebhooksService webhooks) {
            this.webhooks = webhooks;
        }

        @Override
        public HealthCheckResponse call() {
            return HealthCheckResponse.named("webhooks can be delivered")
                    .status(webhooks.isAlive())
                    .build();
        }
    }
}
