package dev.galatea.stage;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.ShutdownEvent;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;

import dev.galatea.worker.Stoppable;
import dev.galatea.workqueue.WorkQueueConnector;

/** Gives work back as soon as the application is told to stop, before anything else is closed. */
@ApplicationScoped
class StageShutdown implements Stoppable {

    private final WorkQueueConnector connector;

    @Inject
    StageShutdown(@Connector(WorkQueueConnector.NAME) WorkQueueConnector connector) {
        this.connector = connector;
    }

    void stop(@Observes ShutdownEvent event) {
        stop();
    }

    @Override
    public void stop() {
        connector.close();
    }
}
