package dev.galatea.standalone;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.quarkus.runtime.StartupEvent;

import dev.galatea.embedded.EmbeddedSystem;

/** Waits for the broker, which starts beside Quarkus, before anything else asks for it. */
@ApplicationScoped
class BrokerStart {

    void await(@Observes @Priority(-1) StartupEvent event) {
        EmbeddedSystem backing = StandaloneApplication.backing;
        if (backing != null) {
            backing.awaitStarted();
        }
    }
}
