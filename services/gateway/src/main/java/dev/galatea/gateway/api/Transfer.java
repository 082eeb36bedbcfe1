package dev.galatea.gateway.api;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.spi.ServerHttpResponse;

/**
 * Sends one object: a thread of a pool reads a piece, and the next one is read when the client has room for it. A
 * client that takes nothing for a while loses its connection, as does one whose object ends early, so that it can't
 * take a part for the whole.
 */
final class Transfer {

    private static final Logger LOG = Logger.getLogger(Transfer.class);
    private static final int PIECE = 64 * 1024;

    private final ObjectStream stream;
    private final ServerHttpResponse response;
    private final Runnable whenOver;
    private final Executor reads;
    private final Duration stall;

    Transfer(ObjectStream stream, ServerHttpResponse response, Runnable whenOver, Executor reads, Duration stall) {
        this.stream = stream;
        this.response = response;
        this.whenOver = whenOver;
        this.reads = reads;
        this.stall = stall;
    }

    void start() {
        response.addCloseHandler(stream::close);
        reads.execute(this::next);
    }

    private void next() {
        if (stream.isClosed() || response.closed()) {
            over();
            return;
        }
        try {
            byte[] piece = stream.next(PIECE);
            if (piece.length == 0) {
                response.end();
                over();
            } else {
                send(piece);
            }
        } catch (IOException | RuntimeException e) {
            giveUp(e);
        }
    }

    private void send(byte[] piece) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        response.write(piece).whenComplete((nothing, failure) -> {
            if (failure == null) {
                sent.complete(null);
            } else {
                sent.completeExceptionally(failure);
            }
        });
        sent.orTimeout(stall.toMillis(), TimeUnit.MILLISECONDS)
                .whenCompleteAsync(
                        (nothing, failure) -> {
                            if (failure == null) {
                                next();
                            } else {
                                giveUp(failure);
                            }
                        },
                        reads);
    }

    private void giveUp(Throwable reason) {
        LOG.debugf("download ended early reason=%s", reason.toString());
        if (!response.closed()) {
            response.reset();
        }
        over();
    }

    private void over() {
        stream.close();
        whenOver.run();
    }
}
