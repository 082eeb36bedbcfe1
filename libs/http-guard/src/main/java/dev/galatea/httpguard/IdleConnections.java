package dev.galatea.httpguard;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.timeout.IdleStateEvent;
import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections of the public interface on which no request is under way, after a while: each takes a place of
 * {@code quarkus.http.limits.max-connections}, and nobody else would get it. The time runs since the last answer, so
 * headers that come byte by byte don't prolong it. A request that is under way is left alone, however long it is
 * silent: it has limits of its own. Only a client that takes nothing of an answer for twice that time loses it.
 * Thread-safe.
 */
@ApplicationScoped
class IdleConnections implements HttpServerOptionsCustomizer {

    /** Before all filters that answer. */
    private static final int BEFORE_OTHERS = 30_000;

    /** The handler of Vert.x that closes an idle connection. */
    private static final String CLOSING = "handler";

    private final Duration timeout;

    @Inject
    IdleConnections(HttpGuardConfig config) {
        timeout = config.idleTimeout();
    }

    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        options.setIdleTimeout((int) options.getIdleTimeoutUnit().toMillis(options.getIdleTimeout()))
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setWriteIdleTimeout(Math.toIntExact(timeout.toMillis()));
    }

    void register(@Observes Filters filters) {
        filters.register(IdleConnections::keepOpen, BEFORE_OTHERS);
    }

    private static void keepOpen(RoutingContext context) {
        if (context.request().connection() instanceof ConnectionBase connection) {
            Requests requests = requestsOn(connection.channel());
            requests.underWay.incrementAndGet();
            AtomicBoolean over = new AtomicBoolean();
            // An answer that fails may end more than once.
            context.addEndHandler(ended -> {
                if (over.compareAndSet(false, true)) {
                    requests.underWay.decrementAndGet();
                }
            });
        }
        context.next();
    }

    /** Called on the connection's own thread. */
    private static Requests requestsOn(Channel channel) {
        Requests known = channel.pipeline().get(Requests.class);
        if (known != null) {
            return known;
        }
        Requests requests = new Requests();
        channel.pipeline().addBefore(CLOSING, Requests.class.getName(), requests);
        return requests;
    }

    /** Withholds from a connection that it is idle, while it is not. */
    private static final class Requests extends ChannelInboundHandlerAdapter {

        private final AtomicInteger underWay = new AtomicInteger();
        private Unsent before = Unsent.NOTHING;

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (!(event instanceof IdleStateEvent) || underWay.get() == 0 || isStuck(context.channel())) {
                context.fireUserEventTriggered(event);
            }
        }

        /** Whether the client has taken nothing of an answer since the last time that the connection seemed idle. */
        private boolean isStuck(Channel channel) {
            Unsent now = Unsent.of(channel.unsafe().outboundBuffer());
            boolean same = now.bytes() > 0 && now.equals(before);
            before = now;
            return same;
        }
    }

    /**
     * What of an answer the client has yet to take.
     *
     * @param sent of the piece that is under way
     */
    private record Unsent(long bytes, long sent) {

        static final Unsent NOTHING = new Unsent(0, 0);

        static Unsent of(@Nullable ChannelOutboundBuffer buffer) {
            return buffer == null ? NOTHING : new Unsent(buffer.totalPendingWriteBytes(), buffer.currentProgress());
        }
    }
}
