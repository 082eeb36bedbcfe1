package dev.galatea.gateway.api;

import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.vertx.ext.web.RoutingContext;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.config.WorkerPools;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.store.ObjectStore;

/** Opens objects for clients, so many at a time. Thread-safe; calls block. */
@ApplicationScoped
class StoredObjects {

    /** What a browser may do with an object: show it, and nothing that it says. */
    static final Map<String, String> POLICY = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox;"
                    + " frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff");

    private final ObjectStore store;
    private final Semaphore places;
    private final Duration retryAfter;
    private final Executor closing;

    @Inject
    StoredObjects(ObjectStore store, WorkerPools pools, GatewayConfig config) {
        this.store = store;
        closing = pools.downloads();
        places = new Semaphore(config.maxDownloads());
        retryAfter = config.retryAfter();
    }

    /** Opens an object, or a part of it; it is closed with the exchange, whatever becomes of the answer. */
    ObjectStream open(ObjectRef object, ByteRange range, RoutingContext exchange) {
        if (!places.tryAcquire()) {
            throw ProblemException.unavailable(
                    "downloads_full", "too many downloads are under way; try again", retryAfter);
        }
        ObjectStream stream;
        try {
            stream = new ObjectStream(opened(object, range), range.length(), places::release, closing);
        } catch (RuntimeException e) {
            places.release();
            throw e;
        }
        exchange.addEndHandler(end -> stream.close());
        if (exchange.response().closed()) {
            stream.close();
        }
        return stream;
    }

    private InputStream opened(ObjectRef object, ByteRange range) {
        try {
            return store.open(object, range.first(), range.length());
        } catch (RetryableException e) {
            throw ProblemException.unavailable(e.code(), "the object store doesn't answer", retryAfter);
        } catch (PoisonException e) {
            throw ProblemException.notFound(e.code(), "the object of this video is not in the store any more");
        }
    }
}
