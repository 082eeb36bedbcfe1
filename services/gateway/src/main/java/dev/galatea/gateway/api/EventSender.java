package dev.galatea.gateway.api;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import org.apache.kafka.common.errors.RecordTooLargeException;

import dev.galatea.events.EventPublisher;
import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.config.WorkerPools;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventIds;

/**
 * Publishes the gateway's events. No thread waits for the broker: an event is handed to the producer on a pool of its
 * own, because the producer may block until it knows the topic, and the caller continues when the broker has it.
 * Thread-safe.
 */
@ApplicationScoped
class EventSender {

    private static final String SOURCE = "/services/gateway";

    private final EventPublisher publisher;
    private final Executor publishing;
    private final Duration timeout;
    private final Duration retryAfter;

    @Inject
    EventSender(GatewayConfig config, EventPublisher publisher, WorkerPools pools) {
        this(publisher, pools.publishing(), config.publishTimeout(), config.retryAfter());
    }

    EventSender(EventPublisher publisher, Executor publishing, Duration timeout, Duration retryAfter) {
        this.publisher = publisher;
        this.publishing = publishing;
        this.timeout = timeout;
        this.retryAfter = retryAfter;
    }

    /** Publishes an event; fails with a problem if the broker does not have it in time. */
    Uni<Void> publish(Event event, Instant at) {
        CloudEvent cloudEvent = new CloudEvent(EventIds.random(), SOURCE, at, event);
        return Uni.createFrom()
                .deferred(() -> {
                    long start = System.nanoTime();
                    return Uni.createFrom()
                            .completionStage(() -> send(cloudEvent, start))
                            .runSubscriptionOn(publishing);
                })
                .ifNoItem()
                .after(timeout)
                .fail()
                .onFailure()
                .transform(this::problem);
    }

    private CompletionStage<Void> send(CloudEvent event, long start) {
        if (System.nanoTime() - start > timeout.toNanos()) {
            // The caller was told that it failed while this waited for a thread.
            return CompletableFuture.failedFuture(new TimeoutException());
        }
        return publisher.publishAsync(event);
    }

    private ProblemException problem(Throwable failure) {
        return failure instanceof RecordTooLargeException
                ? ProblemException.tooLarge("the request is longer than an event may be")
                : ProblemException.unavailable("broker_unavailable", "the broker doesn't answer", retryAfter);
    }
}
