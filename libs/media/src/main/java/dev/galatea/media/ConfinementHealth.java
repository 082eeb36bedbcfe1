package dev.galatea.media;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Says which confinement of FFmpeg is active; down only if one is required and does not work. */
@Readiness
@ApplicationScoped
class ConfinementHealth implements HealthCheck {

    private final FfmpegSandboxes sandboxes;

    @Inject
    ConfinementHealth(FfmpegSandboxes sandboxes) {
        this.sandboxes = sandboxes;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("media confinement")
                .status(sandboxes.isAsRequired())
                .withData("confinement", sandboxes.active().label())
                .build();
    }
}
