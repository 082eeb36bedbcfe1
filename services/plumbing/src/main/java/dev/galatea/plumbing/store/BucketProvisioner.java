package dev.galatea.plumbing.store;

import java.time.Duration;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.StartupEvent;
import org.jboss.logging.Logger;

import dev.galatea.plumbing.config.GalateaConfig;
import dev.galatea.plumbing.event.TopicProvisioner;
import dev.galatea.plumbing.failure.RetryableException;

/** Makes the bucket when topics are made, too; waits for a store that is just starting. */
@ApplicationScoped
class BucketProvisioner {

    private static final Logger LOG = Logger.getLogger(BucketProvisioner.class);
    private static final long PAUSE_MS = 500;

    private final GalateaConfig config;
    private final MinioObjectStore store;

    @Inject
    BucketProvisioner(GalateaConfig config, MinioObjectStore store) {
        this.config = config;
        this.store = store;
    }

    void start(@Observes @Priority(TopicProvisioner.STARTUP_PRIORITY) StartupEvent event) throws InterruptedException {
        if (config.topics().provision()) {
            provision(config.topics().patience());
        }
    }

    private void provision(Duration patience) throws InterruptedException {
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
