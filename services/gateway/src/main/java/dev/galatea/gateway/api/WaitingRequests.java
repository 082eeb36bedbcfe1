package dev.galatea.gateway.api;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.vertx.ext.web.RoutingContext;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.problem.ProblemException;

/**
 * Counts the requests that wait for what happens, for as long as their clients like: each has a connection, and others
 * need some, too. Thread-safe.
 */
@ApplicationScoped
class WaitingRequests {

    private final AtomicInteger waiting = new AtomicInteger();
    private final int most;
    private final Duration retryAfter;

    @Inject
    WaitingRequests(GatewayConfig config) {
        most = config.maxWaiting();
        retryAfter = config.retryAfter();
    }

    /** Lets a request wait until its exchange ends, or fails because too many do. */
    void enter(RoutingContext exchange) {
        if (waiting.incrementAndGet() > most) {
            waiting.decrementAndGet();
            throw ProblemException.unavailable(
                    "waiting_full",
                    most
                            + " requests follow events or wait for a clip at the moment, and no more may; try again,"
                            + " or ask for the video from time to time",
                    retryAfter);
        }
        AtomicBoolean over = new AtomicBoolean();
        // An answer that fails may end more than once.
        exchange.addEndHandler(ended -> {
            if (over.compareAndSet(false, true)) {
                waiting.decrementAndGet();
            }
        });
    }
}
