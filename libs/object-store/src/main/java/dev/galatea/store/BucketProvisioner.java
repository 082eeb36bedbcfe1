package dev.galatea.store;

import java.time.Duration;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.StartupEvent;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

import dev.galatea.model.failure.RetryableException;

/** Makes the bucket when topics are made, too; waits for a store that is just starting. */
@ApplicationScoped
class BucketProvisioner {

    private static final Logger LOG = Logger.getLogger(BucketProvisioner.class);
    private static final long PAUSE_MS = 500;

    /** Before anything else of a service uses the store. */
    private static final int STARTUP_PRIORITY = 1;

    private final boolean provision;
    private final Duration patience;
    private final MinioObjectStore store;

    @Inject
    BucketProvisioner(
            @ConfigProperty(name = "galatea.topics.provision", defaultValue = "false") boolean provision,
            @ConfigProperty(name = "galatea.topics.patience", defaultValue = "60s") Duration patience,
            MinioObjectStore store) {
        this.provision = provision;
        this.patience = patience;
        this.store = store;
    }

    void start(@Observes @Priority(STARTUP_PRIORITY) StartupEvent event) throws InterruptedException {
        if (provision) {
            provision();
        }
    }

    private void provision() throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                store.provision();
                return;
            } catch (RetryableException e) {
                if (System.nanoTime() - end > 0) {
                    throw new IllegalStateException(
                            "galatea.store.endpoint: no bucket within " + patience + ": " + e.getMessage(), e);
                }
                LOG.infof("waiting for the store reason=%s", e.getMessage());
                Thread.sleep(PAUSE_MS);
            }
        }
    }
}
