package dev.galatea.gateway;

import java.net.URI;

import jakarta.inject.Inject;

import io.quarkus.test.common.http.TestHTTPResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import dev.galatea.events.EventPublisher;
import dev.galatea.store.ObjectStore;

/** Tests of a gateway whose orders a {@link Workshop} works on, which is open during each test. */
abstract class WorkshopTest {

    @Inject
    EventPublisher publisher;

    @Inject
    ObjectStore store;

    @TestHTTPResource("/")
    URI root;

    Workshop workshop;

    @BeforeEach
    void open() {
        workshop = Workshop.ofReadyGateway(publisher, store);
    }

    @AfterEach
    void close() throws Exception {
        workshop.close();
    }
}
