package dev.galatea.worker;

import java.io.IOException;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.StartupEvent;
import org.jboss.logging.Logger;

/** Makes the work directory private to the user before anything is written into it. */
@ApplicationScoped
class WorkDirectory {

    private static final Logger LOG = Logger.getLogger(WorkDirectory.class);
    /** The order among startup observers: after the check of the configuration. */
    private static final int STARTUP_PRIORITY = 1;

    private final WorkerConfig config;

    @Inject
    WorkDirectory(WorkerConfig config) {
        this.config = config;
    }

    void start(@Observes @Priority(STARTUP_PRIORITY) StartupEvent event) {
        try {
            PrivateDirectory.create(config.workDir());
        } catch (IOException e) {
            // What needs the directory says so itself when it writes there.
            LOG.warnf("galatea.work-dir can't be made private to this user reason=%s", e);
        }
    }
}
