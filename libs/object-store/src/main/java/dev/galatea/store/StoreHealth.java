package dev.galatea.store;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the store answers and has the bucket. */
@Readiness
@ApplicationScoped
class StoreHealth implements HealthCheck {

    private final MinioObjectStore store;

    @Inject
    StoreHealth(MinioObjectStore store) {
        this.store = store;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("object store")
                .withData("bucket", store.bucket())
                .status(store.reachable())
                .build();
    }
}
