package dev.galatea.gateway.api;

import java.time.Duration;
import java.util.concurrent.Executor;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.smallrye.mutiny.Uni;
import org.jboss.logging.Logger;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.config.WorkerPools;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.store.ObjectStore;

/** Puts what orders bring along into the store, each once. Thread-safe; calls of the store block threads of a pool. */
@ApplicationScoped
class Attachments {

    private static final Logger LOG = Logger.getLogger(Attachments.class);

    private final ObjectStore store;
    private final Executor storeCalls;
    private final Duration retryAfter;

    @Inject
    Attachments(ObjectStore store, WorkerPools pools, GatewayConfig config) {
        this(store, pools.store(), config.retryAfter());
    }

    Attachments(ObjectStore store, Executor storeCalls, Duration retryAfter) {
        this.store = store;
        this.storeCalls = storeCalls;
        this.retryAfter = retryAfter;
    }

    /** Stores the media of an order; fails with a problem if the store is away. */
    Uni<Void> store(VideoOrder order) {
        return order.attachments().isEmpty()
                ? Uni.createFrom().voidItem()
                : Uni.createFrom().voidItem().emitOn(storeCalls).invoke(() -> putAll(order));
    }

    private void putAll(VideoOrder order) {
        try {
            for (VideoOrder.Attachment attachment : order.attachments()) {
                attachment.upload().putInto(store, attachment.object().key());
            }
        } catch (RetryableException e) {
            throw ProblemException.unavailable("store_unavailable", "the object store doesn't answer", retryAfter);
        }
    }

    /** Removes the media of an order that was refused as a whole; what can't be removed now is swept later. */
    Uni<Void> remove(VideoOrder order) {
        return order.attachments().isEmpty()
                ? Uni.createFrom().voidItem()
                : Uni.createFrom().voidItem().emitOn(storeCalls).invoke(() -> removeAll(order));
    }

    private void removeAll(VideoOrder order) {
        for (VideoOrder.Attachment attachment : order.attachments()) {
            try {
                store.delete(attachment.object().key());
            } catch (RetryableException e) {
                LOG.warnf(
                        "upload of a refused order stays key=%s reason=%s",
                        attachment.object().key(), e.getMessage());
            }
        }
    }
}
